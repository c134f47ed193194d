import { DomainError } from '@greencloud/domain';
import type { ServiceError } from '@grpc/grpc-js';
import { codeOfBareStatus } from './code-of-status.ts';
import { DETAILS_TRAILER, decodeRichStatus } from './rich-status.ts';

/** The error of a call as the DomainError that the server threw, or what its bare status means. */
export function fromServiceError(error: ServiceError): DomainError {
  const [details] = error.metadata?.get(DETAILS_TRAILER) ?? [];
  const rich = details instanceof Buffer ? decodeRichStatus(details) : undefined;
  if (rich !== undefined) return rich;
  const bare = new DomainError(codeOfBareStatus(error.code), error.details);
  bare.cause = error;
  return bare;
}

/** For what a stream's iterator throws: gRPC errors are translated, others pass. */
export function fromStreamError(error: unknown): unknown {
  return isServiceError(error) ? fromServiceError(error) : error;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}
