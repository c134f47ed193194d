import { parseLambdaId, parseTenantId } from '@greencloud/domain';
import { expect, it } from 'vitest';
import { pageTokenOf, readPageToken } from './page-token.ts';

const tenantId = parseTenantId('64058fee9956fae80d7e0e8e');
const last = parseLambdaId('64057f3c9956fae80d7e0e84');
const all = { tenantId, tag: '' };

it('begins after the last lambda of the page before', () => {
  for (const tag of ['', 'image', 'größe']) {
    const list = { tenantId, tag };
    expect(readPageToken(pageTokenOf(list, last), list)).toBe(last);
  }
  expect(readPageToken('', all)).toBe('start');
});

it.each([
  'x',
  'null',
  last,
  pageTokenOf({ tenantId, tag: 'other' }, last),
  pageTokenOf({ tenantId: parseTenantId('somebody'), tag: '' }, last),
  `${pageTokenOf(all, last)}A`,
  pageTokenOf(all, last).slice(0, -1),
])('refuses the token %s of no list, of another one or of another tenant', (token) => {
  expect(() => readPageToken(token, all)).toThrow(
    expect.objectContaining({
      code: 'INVALID_CURSOR',
      // In the words of REST, where it is read.
      message: 'The cursor was not given by this list with these parameters',
    }),
  );
});
