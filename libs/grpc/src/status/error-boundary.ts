import { DomainError } from '@greencloud/domain';
import { BatcherClosedError, type Logger, QueueFullError } from '@greencloud/runtime';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { DETAILS_TRAILER, encodeRichStatus } from './rich-status.ts';
import { statusOfCode } from './status-of-code.ts';

/** What may cross the border of a service; everything else is INTERNAL, without detail. */
function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (error instanceof QueueFullError) return new DomainError('OVERLOADED', 'the queue is full');
  if (error instanceof BatcherClosedError) {
    return new DomainError('UNAVAILABLE', 'the service is stopping');
  }
  return undefined;
}

/** The one error boundary of a server: any error in, a status with details out. */
export function statusOf(error: unknown, path: string, logger: Logger): StatusObject {
  const known = toDomainError(error);
  if (known === undefined) logger.error({ err: error, method: path }, 'a call failed');
  return statusOfDomainError(known ?? new DomainError('INTERNAL', 'internal error'));
}

/** The google.rpc.Status that goes with a status of `statusOf`. */
export function detailsOf({ metadata }: Pick<StatusObject, 'metadata'>): Buffer {
  const [details] = metadata.get(DETAILS_TRAILER);
  return Buffer.isBuffer(details) ? details : Buffer.alloc(0);
}

function statusOfDomainError(error: DomainError): StatusObject {
  const code = statusOfCode[error.code];
  const metadata = new Metadata();
  metadata.set(DETAILS_TRAILER, encodeRichStatus(code, error));
  // grpc-js puts the details through encodeURI, which throws on a lone surrogate.
  return { code, details: error.message.toWellFormed(), metadata };
}
