import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeId } from '../placement/placement-fixtures.ts';
import { AckWindow } from './ack-window.ts';
import { HalfFleetGuard } from './half-fleet-guard.ts';
import { Liveness } from './liveness.ts';
import { checkLogin, hashToken, tokenOf } from './login.ts';

describe('acknowledgements', () => {
  it('never pass a report that is open, whatever order they settle in', () => {
    const orders = fc
      .integer({ min: 1, max: 30 })
      .chain((size) => fc.shuffledSubarray([...Array(size).keys()], { minLength: size }));
    fc.assert(
      fc.property(orders, (order) => {
        const window = new AckWindow();
        for (let i = 1; i <= order.length; i++) window.begin(BigInt(i));
        const open = new Set(order.map((i) => BigInt(i + 1)));
        for (const i of order) {
          window.settle(BigInt(i + 1));
          open.delete(BigInt(i + 1));
          const first = [...open].toSorted((a, b) => (a < b ? -1 : 1))[0];
          expect(window.upTo).toBe(first === undefined ? BigInt(order.length) : first - 1n);
        }
      }),
    );
  });

  it('take a first number other than 1, and numbers with gaps', async () => {
    const window = new AckWindow();
    for (const sequence of [5n, 9n]) window.begin(sequence);
    expect(window.settle(5n)).toBe('moved');
    expect(window.upTo).toBe(5n);
    window.settle(9n);
    expect(window.upTo).toBe(9n);
    await window.idle();
  });

  it('ignore a number that does not rise', () => {
    const window = new AckWindow();
    window.begin(2n);
    expect(window.begin(2n)).toBe('stale');
    expect(window.begin(1n)).toBe('stale');
  });
});

const pulses = (heard: number[]) =>
  heard.map((heardAt, number) => ({ nodeId: nodeId(number), heardAt }));

describe('the watch over nodes', () => {
  const liveness = () => new Liveness({ lostAfterMs: 20_000, everyMs: 1_000 });

  it('calls a node lost after its time and not before', () => {
    const watch = liveness();
    expect(watch.look(19_999, pulses([0, 19_000]))).toEqual({ kind: 'lost', nodes: [] });
    expect(watch.look(20_000, pulses([0, 19_000]))).toEqual({ kind: 'lost', nodes: [nodeId(0)] });
  });

  it('counts no silence in which this process stood still itself', () => {
    const watch = liveness();
    watch.look(1_000, pulses([0]));
    expect(watch.look(31_000, pulses([0]))).toEqual({ kind: 'stalled', byMs: 29_000 });
  });

  it('holds when half of the fleet falls silent together, and believes it a period later', () => {
    const watch = liveness();
    const fleet = pulses([0, 0, 0, 25_000, 25_000]);
    expect(watch.look(20_000, fleet)).toEqual({ kind: 'held', silent: 3 });
    for (let now = 21_000; now < 40_000; now += 1_000) {
      expect(watch.look(now, fleet).kind).toBe('held');
    }
    expect(watch.look(40_000, fleet)).toMatchObject({ kind: 'lost' });
  });
});

describe('the half-fleet guard', () => {
  it('lets ordinary losses of a small fleet pass', () => {
    expect(new HalfFleetGuard(1_000).judge(0, 1, 2)).toBe('plausible');
    expect(new HalfFleetGuard(1_000).judge(0, 2, 5)).toBe('plausible');
  });

  it('begins anew when the silent ones are back', () => {
    const guard = new HalfFleetGuard(1_000);
    expect(guard.judge(0, 5, 6)).toBe('held');
    expect(guard.judge(500, 0, 6)).toBe('plausible');
    expect(guard.judge(1_200, 5, 6)).toBe('held');
  });
});

describe('a login', () => {
  const login = {
    owner: 'a' as never,
    tokenHash: hashToken('right'),
    standing: 'enabled',
  } as const;

  it('takes the token with and without its scheme', () => {
    expect([tokenOf('Bearer abc'), tokenOf('bearer abc'), tokenOf('abc')]).toEqual(
      Array(3).fill('abc'),
    );
  });

  it.each([undefined, '', 'Bearer ', 'x'.repeat(300)])('refuses %j for a token', (text) => {
    expect(() => tokenOf(text)).toThrow('No node has this token');
  });

  it('answers a wrong token and a missing node alike', () => {
    expect(checkLogin(login, hashToken('right'))).toBe(login);
    for (const of of [login, undefined]) {
      expect(() => checkLogin(of, hashToken('wrong'))).toThrow('No node has this token');
    }
  });
});
