import { DomainError, type LambdaId, parseLambdaId } from '@greencloud/domain';

/** AIP-158: opaque, and only good for the list that it came from. */
export function pageTokenOf(tag: string, last: LambdaId): string {
  return Buffer.from(`${last}${tag}`).toString('base64url');
}

/** Throws INVALID_CURSOR. An empty token is the start. */
export function readPageToken(token: string, tag: string): LambdaId | 'start' {
  if (token === '') return 'start';
  const text = Buffer.from(token, 'base64url').toString();
  try {
    if (text.slice(24) === tag) return parseLambdaId(text.slice(0, 24));
  } catch {
    // Not an id: the same refusal as for the token of another list.
  }
  throw new DomainError('INVALID_CURSOR', 'The page token is not one of this list');
}
