import { expect, it } from 'vitest';
import { windowOf } from './window.ts';

const kibibyte = 1_024;

function events(count: number, bytes: number) {
  return Array.from({ length: count }, (_, index) => {
    return { position: BigInt(index + 1), bytes: Buffer.alloc(bytes, index) };
  });
}

it('puts the bytes of the events one behind the other', () => {
  const { upTo, body } = windowOf(events(3, 2));
  expect([upTo, [...body]]).toEqual([3n, [0, 0, 1, 1, 2, 2]]);
});

it('takes at most 256 KiB, and as many events as fit', () => {
  expect(windowOf(events(100, 4 * kibibyte))).toMatchObject({ upTo: 64n });
  expect(windowOf(events(64, 4 * kibibyte))).toMatchObject({ upTo: 64n });
});

it('takes less where the server takes less, with room for the headers', () => {
  expect(windowOf(events(100, 4 * kibibyte), 64 * kibibyte)).toMatchObject({ upTo: 15n });
});

it('takes one event, however large', () => {
  expect(windowOf(events(2, 300 * kibibyte))).toMatchObject({ upTo: 1n });
  expect(windowOf(events(2, 100), 10)).toMatchObject({ upTo: 1n });
});

it('has nothing to make a message of without an event', () => {
  expect(() => windowOf([])).toThrow(RangeError);
});
