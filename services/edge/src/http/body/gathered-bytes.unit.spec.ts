import { expect, it } from 'vitest';
import { gatherBytes } from './gathered-bytes.ts';

function gathered(...chunks: Buffer[]) {
  const bytes = gatherBytes();
  for (const chunk of chunks) bytes.add(chunk);
  return bytes;
}

it('gives the bytes in the order in which they came', () => {
  const text = 'a body of many bytes, one after the other';
  const bytes = gathered(...Array.from(text, (letter) => Buffer.from(letter)));
  expect(bytes.whole().toString()).toBe(text);
  expect(bytes.length).toBe(text.length);
});

it('gives nothing for nothing, and an only chunk without a copy', () => {
  const only = Buffer.from('all at once');
  expect(gathered().whole()).toEqual(Buffer.alloc(0));
  expect(gathered(only).whole().buffer).toBe(only.buffer);
});

it('leaves the first chunk as it was', () => {
  const first = Buffer.from('ab').subarray(0, 1);
  gathered(first, Buffer.from('x'));
  expect(Buffer.from(first.buffer, first.byteOffset, 2).toString()).toBe('ab');
});

it('holds at most twice what came, however small the pieces are', () => {
  const bytes = gathered(...Array.from({ length: 10_000 }, () => Buffer.alloc(1)));
  expect(bytes.whole().buffer.byteLength).toBeLessThanOrEqual(20_000);
});
