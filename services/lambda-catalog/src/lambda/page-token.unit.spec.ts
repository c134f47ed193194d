import { parseLambdaId } from '@greencloud/domain';
import { expect, it } from 'vitest';
import { pageTokenOf, readPageToken } from './page-token.ts';

const last = parseLambdaId('64058fee9956fae80d7e0e8e');

it('reads its own tokens', () => {
  for (const tag of ['', 'image', 'ü 猫'])
    expect(readPageToken(pageTokenOf(tag, last), tag)).toBe(last);
  expect(readPageToken('', 'image')).toBe('start');
});

it.each([
  'x',
  'AAAA',
  pageTokenOf('other', last),
  Buffer.from('g'.repeat(24)).toString('base64url'),
])('refuses %j for another list', (token) => {
  expect(() => readPageToken(token, '')).toThrow(
    expect.objectContaining({ code: 'INVALID_CURSOR' }),
  );
});
