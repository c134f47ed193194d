import type { JsMsg } from 'nats';
import { describe, expect, it } from 'vitest';
import { inOrder } from './ordered-consumer.ts';

function delivered(deliverySequence: number): Pick<JsMsg, 'data' | 'info'> {
  const info = { deliverySequence } as JsMsg['info'];
  return { data: new Uint8Array([deliverySequence]), info };
}

describe('inOrder', () => {
  it('passes on deliveries 1, 2, 3', () => {
    const passed: number[] = [];
    const breaks: string[] = [];
    const take = inOrder(
      (bytes) => void passed.push(...bytes),
      () => void breaks.push('break'),
    );
    for (const number of [1, 2, 3]) take(delivered(number));
    expect([passed, breaks]).toEqual([[1, 2, 3], []]);
  });

  it('reports a hole, and passes on nothing behind it', () => {
    const passed: number[] = [];
    const breaks: string[] = [];
    const take = inOrder(
      (bytes) => void passed.push(...bytes),
      () => void breaks.push('break'),
    );
    for (const number of [1, 3, 4]) take(delivered(number));
    expect([passed, breaks]).toEqual([[1], ['break', 'break']]);
  });
});
