import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import { ObjectId } from 'bson';
import type { Life } from './life.ts';
import { presentLife, type World } from './world.ts';
import { VirtualTimer } from './virtual-timer.ts';

const real = {
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval,
  clearImmediate,
  now: Date.now,
  uptime: performance.now.bind(performance),
  random: Math.random,
  randomUUID: crypto.randomUUID,
  getRandomValues: globalThis.crypto.getRandomValues.bind(globalThis.crypto),
  timeoutSignal: AbortSignal.timeout.bind(AbortSignal),
  anySignal: AbortSignal.any.bind(AbortSignal),
  sleep: timersPromises.setTimeout,
  endOfTick: timersPromises.setImmediate,
};

let world: World | undefined;

function inLife<T>(act: (world: World, life: Life) => T, outside: () => T): T {
  const life = presentLife();
  return life === undefined || world === undefined ? outside() : act(world, life);
}

type Act = (...values: unknown[]) => void;

function timer(life: Life, of: World, ms: number, every: 'once' | 'again', act: () => void) {
  return new VirtualTimer(of, life, ms, every, act);
}

const virtual = {
  setTimeout: (act: Act, ms = 0, ...values: unknown[]) =>
    inLife<unknown>(
      (of, life) => timer(life, of, ms, 'once', () => act(...values)),
      () => real.setTimeout(act, ms, ...values),
    ),
  setInterval: (act: Act, ms = 0, ...values: unknown[]) =>
    inLife<unknown>(
      (of, life) => timer(life, of, ms, 'again', () => act(...values)),
      () => real.setInterval(act, ms, ...values),
    ),
  setImmediate: (act: Act, ...values: unknown[]) =>
    inLife<unknown>(
      (of, life) => of.plan(life, life.random.between(0, 0.02), 'soon', () => act(...values)),
      () => real.setImmediate(act, ...values),
    ),
  clear: (given: unknown) => {
    if (given instanceof VirtualTimer) given.clear();
    else real.clearTimeout(given as NodeJS.Timeout);
  },
  now: () =>
    inLife(
      (of, life) => Math.floor(of.wall + life.skewMs),
      () => real.now(),
    ),
  uptime: () =>
    inLife(
      (of, life) => of.now - life.startedAt + 1,
      () => real.uptime(),
    ),
  random: () =>
    inLife(
      (_, life) => life.random.unit(),
      () => real.random(),
    ),
  randomUUID: () =>
    inLife<string>(
      (_, life) => life.random.uuid(),
      () => real.randomUUID(),
    ),
  getRandomValues: (into: Uint8Array) =>
    inLife<Uint8Array>(
      (_, life) => {
        life.random.bytes(into);
        return into;
      },
      () => real.getRandomValues(into as Uint8Array<ArrayBuffer>),
    ),
  timeoutSignal: (ms: number) =>
    inLife<AbortSignal>(
      (of, life) => {
        const late = new AbortController();
        of.planTimer(life, ms, () => late.abort(new DOMException('late', 'TimeoutError')));
        return late.signal;
      },
      () => real.timeoutSignal(ms),
    ),
  anySignal: (signals: Iterable<AbortSignal>) =>
    inLife<AbortSignal>(
      () => firstOf([...signals]),
      () => real.anySignal([...signals]),
    ),
  sleep: (ms = 0, value?: unknown, options?: object) =>
    inLife<Promise<unknown>>(
      (of, life) => new Promise((resolve) => timer(life, of, ms, 'once', () => resolve(value))),
      () => real.sleep(ms, value, options),
    ),
  endOfTick: (value?: unknown) =>
    inLife<Promise<unknown>>(
      (of, life) =>
        new Promise((resolve) => {
          of.plan(life, life.random.between(0, 0.02), 'soon', () => resolve(value));
        }),
      () => real.endOfTick(value),
    ),
};

/**
 * Node keeps its own composites alive for as long as they have a listener, so every dead life
 * would stay in memory: 5 MB a run, and half of the time in the garbage collector.
 */
function firstOf(signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) first.abort(signal.reason);
    else signal.addEventListener('abort', () => first.abort(signal.reason), { once: true });
  }
  return first.signal;
}

let installed: 'no' | 'yes' = 'no';

/**
 * Gives the processes of a world its time and chance: their globals are the port. Code that runs
 * outside of a process of the world gets the real ones all the while.
 */
export function inhabit(next: World): void {
  world = next;
  // The one generator that keeps state of its own between two runs.
  Object.assign(ObjectId, { index: 0, PROCESS_UNIQUE: new Uint8Array([1, 2, 3, 4, 5]) });
  if (installed === 'yes') return;
  installed = 'yes';
  const { setTimeout, setInterval, setImmediate, clear } = virtual;
  Object.assign(globalThis, { setTimeout, setInterval, setImmediate });
  Object.assign(globalThis, { clearTimeout: clear, clearInterval: clear });
  Object.assign(Date, { now: virtual.now });
  Object.assign(Math, { random: virtual.random });
  Object.assign(AbortSignal, { timeout: virtual.timeoutSignal, any: virtual.anySignal });
  performance.now = virtual.uptime;
  globalThis.crypto.getRandomValues =
    virtual.getRandomValues as typeof globalThis.crypto.getRandomValues;
  Object.assign(crypto, { randomUUID: virtual.randomUUID });
  Object.assign(globalThis.crypto, { randomUUID: virtual.randomUUID });
  Object.assign(timersPromises, { setTimeout: virtual.sleep, setImmediate: virtual.endOfTick });
  syncBuiltinESMExports();
}
