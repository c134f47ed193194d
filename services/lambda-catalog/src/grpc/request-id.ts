import { DomainError } from '@greencloud/domain';

/** AIP-155. Empty: the caller does not repeat the request. */
export function readRequestId(text: string): string | undefined {
  if (text === '') return undefined;
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new DomainError('INVALID_PARAMETER', 'The request id must be 1..255 visible ASCII');
}
