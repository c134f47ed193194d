import { DomainError, parseTenantId } from '@greencloud/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskNumber } from '../testing/stories.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ListFilter } from './list-filter.ts';

const filter: ListFilter = {
  tenantId: parseTenantId('5f0000000000000000000001'),
  state: null,
  outcome: null,
  lambdaId: null,
  nodeId: null,
  issuedAfter: null,
  issuedBefore: null,
  order: 'newest_first',
};
const start = { issuedAt: 1_678_087_212_345, taskId: taskNumber(77) };

function codeOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'read';
}

describe('cursor', () => {
  it('is read as it was written', () => {
    expect(readCursor(filter, writeCursor(filter, start))).toEqual(start);
  });

  it.each<[string, Partial<ListFilter>]>([
    ['tenant', { tenantId: parseTenantId('5f0000000000000000000002') }],
    ['state', { state: 'running' }],
    ['outcome', { outcome: 'failed' }],
    ['bound', { issuedAfter: 1 }],
    ['other bound', { issuedBefore: 1 }],
    ['order', { order: 'oldest_first' }],
  ])('is refused with another %s', (_, other) => {
    const cursor = writeCursor(filter, start);
    expect(codeOf(() => readCursor({ ...filter, ...other }, cursor))).toBe('INVALID_CURSOR');
  });

  it('is refused when any of its characters is changed', () => {
    const cursor = writeCursor(filter, start);
    for (let index = 0; index < cursor.length; index++) {
      const changed = cursor[index] === 'A' ? 'B' : 'A';
      const tampered = cursor.slice(0, index) + changed + cursor.slice(index + 1);
      expect(codeOf(() => readCursor(filter, tampered))).toBe('INVALID_CURSOR');
    }
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(codeOf(() => readCursor(filter, text))).toBe('INVALID_CURSOR');
      }),
    );
  });
});
