import { parseTaskId, parseTenantId } from '@greencloud/domain';
import { expect, it } from 'vitest';
import { createRecentContent } from './recent-content.ts';

const task = parseTaskId('a'.repeat(24));
const tenant = parseTenantId('1'.repeat(24));
const other = parseTenantId('2'.repeat(24));
const text = (body: string) => ({ contentType: 'text/plain', body: Buffer.from(body) });

it('gives back what was kept, a result only to its own tenant', () => {
  const recent = createRecentContent(100_000);
  recent.keepPayload(task, text('in'));
  recent.keepResult(task, tenant, text('out'));
  expect(recent.payload(task)).toEqual(text('in'));
  expect(recent.result(task, tenant)).toEqual(text('out'));
  expect(recent.result(task, other)).toBeUndefined();
});

it('keeps no more than its bytes, and nothing that is large', () => {
  const recent = createRecentContent(200_000);
  const ids = Array.from({ length: 10 }, (_, n) => parseTaskId(`${n}`.padStart(24, '0')));
  for (const id of ids) recent.keepPayload(id, text('x'.repeat(40_000)));
  expect(ids.filter((id) => recent.payload(id) !== undefined)).toEqual(ids.slice(-4));
  recent.keepPayload(task, text('x'.repeat(70_000)));
  expect(recent.payload(task)).toBeUndefined();
});
