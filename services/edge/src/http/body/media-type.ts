import type { IncomingMessage } from 'node:http';
import { DomainError } from '@greencloud/domain';

/** Throws `UNSUPPORTED_MEDIA_TYPE` unless the body is plain UTF-8 of one of the given types. */
export function requireMediaType({ headers }: IncomingMessage, allowed: readonly string[]): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (!allowed.includes(type.trim())) throw unsupported(`The body must be ${allowed.join(' or ')}`);
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw unsupported('The charset of the body must be UTF-8');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw unsupported('The body must not be compressed');
}

function unsupported(message: string): DomainError {
  return new DomainError('UNSUPPORTED_MEDIA_TYPE', message);
}
