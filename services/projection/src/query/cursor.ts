import { createHash } from 'node:crypto';
import { DomainError, parseTaskId, type TaskId } from '@greencloud/domain';
import type { ListFilter } from './list-filter.ts';

/** The last task of the page before. */
export interface PageStart {
  readonly issuedAt: number;
  readonly taskId: TaskId;
}

// 8 bytes issued_at, 12 bytes task id, 12 bytes digest.
const digestAt = 20;
const length = 32;

/** Opaque, and good for the same tenant and the same filter only. */
export function writeCursor(filter: ListFilter, { issuedAt, taskId }: PageStart): string {
  const place = Buffer.alloc(digestAt);
  place.writeBigUInt64BE(BigInt(issuedAt));
  place.write(taskId, 8, 'hex');
  return Buffer.concat([place, digestOf(filter, place)]).toString('base64url');
}

/** Throws `INVALID_CURSOR` for a damaged one, or one of another tenant, filter or order. */
export function readCursor(filter: ListFilter, cursor: string): PageStart {
  const bytes = Buffer.from(cursor, 'base64url');
  const place = bytes.subarray(0, digestAt);
  const whole = bytes.length === length && bytes.toString('base64url') === cursor;
  if (!whole || !digestOf(filter, place).equals(bytes.subarray(digestAt))) {
    throw new DomainError(
      'INVALID_CURSOR',
      'The cursor was not given by this list with these parameters',
    );
  }
  const issuedAt = Number(place.readBigUInt64BE());
  return { issuedAt, taskId: parseTaskId(place.toString('hex', 8)) };
}

// No key: a cursor grants nothing. The tenant comes from the token and the filter from the request;
// who forges one only begins elsewhere in their own list. So replicas need no shared secret.
function digestOf(filter: ListFilter, place: Buffer): Buffer {
  const { tenantId, state, outcome, lambdaId, nodeId, issuedAfter, issuedBefore, order } = filter;
  const parts = [tenantId, state, outcome, lambdaId, nodeId, issuedAfter, issuedBefore, order];
  const hash = createHash('sha256').update(JSON.stringify(parts)).update(place);
  return hash.digest().subarray(0, length - digestAt);
}
