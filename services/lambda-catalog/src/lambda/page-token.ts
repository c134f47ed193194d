import { createHash } from 'node:crypto';
import { DomainError, type LambdaId, parseLambdaId, type TenantId } from '@greencloud/domain';

/** Whose list, and of which tag; the empty one is all. */
export interface LambdaList {
  readonly tenantId: TenantId;
  readonly tag: string;
}

// 12 bytes lambda id, 12 bytes digest.
const digestAt = 12;
const length = 24;

/** AIP-158: opaque, and only good for the list that it came from. */
export function pageTokenOf(list: LambdaList, last: LambdaId): string {
  const place = Buffer.from(last, 'hex');
  return Buffer.concat([place, digestOf(list, place)]).toString('base64url');
}

/** Throws INVALID_CURSOR. An empty token is the start. */
export function readPageToken(token: string, list: LambdaList): LambdaId | 'start' {
  if (token === '') return 'start';
  const bytes = Buffer.from(token, 'base64url');
  const place = bytes.subarray(0, digestAt);
  const whole = bytes.length === length && bytes.toString('base64url') === token;
  if (whole && digestOf(list, place).equals(bytes.subarray(digestAt))) {
    return parseLambdaId(place.toString('hex'));
  }
  throw new DomainError(
    'INVALID_CURSOR',
    'The cursor was not given by this list with these parameters',
  );
}

// No key: a token grants nothing, since every list is of the tenant that asks. It only tells a
// token of another list from a good one.
function digestOf({ tenantId, tag }: LambdaList, place: Buffer): Buffer {
  const hash = createHash('sha256')
    .update(JSON.stringify([tenantId, tag]))
    .update(place);
  return hash.digest().subarray(0, length - digestAt);
}
