import { expect, it } from 'vitest';
import { ownBytes } from './own-bytes.ts';

it('holds on to nothing of the chunk that the bytes came in', () => {
  const chunk = Buffer.alloc(65_536, 'x');
  const field = chunk.subarray(100, 110);
  const own = ownBytes(field);
  expect(own.toString()).toBe('x'.repeat(10));
  expect(own.buffer.byteLength).toBe(10);
  expect(field.buffer.byteLength, 'what the view holds').toBe(65_536);
});

it('copies nothing as nothing', () => {
  expect(ownBytes(new Uint8Array()).byteLength).toBe(0);
});
