import { cp, rm } from 'node:fs/promises';
import { createLogger } from '@greencloud/runtime';
import { type Bus, type BusOptions, connectBus } from '../bus.ts';
import type { BreakReason, OutgoingEvent, Previous } from '../messages.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

/** Small limits: a reservation of 1 GiB for each stream would fill a small machine's disk. */
export function openBus(url: string, options: Partial<BusOptions> = {}): Promise<Bus> {
  const stream = { maxBytes: 64 * 1024 * 1024, ...options.stream };
  return connectBus({ servers: url, name: 'test', logger, ...options, stream });
}

/** Events whose bytes are their position and a space, from `first` to `last`. */
export function eventsFrom(first: number, last: number): OutgoingEvent[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const position = BigInt(first + index);
    return { position, bytes: Buffer.from(`${position} `) };
  });
}

/** Of the body of a message. */
export function positionsIn(body: Uint8Array): number[] {
  return Buffer.from(body).toString().trim().split(' ').map(Number);
}

/** As a leader goes on behind what it has published last. */
export function after(position: bigint, sequence: number): Previous {
  return { kind: 'after', position, sequence };
}

export interface Heard {
  readonly positions: number[];
  readonly breaks: BreakReason[];
  stop(): Promise<void>;
}

/** Follows, or watches, until `stop`, keeping what came. */
export function listen(bus: Bus, partition: number, how: 'follow' | 'watch' = 'follow'): Heard {
  const positions: number[] = [];
  const breaks: BreakReason[] = [];
  const ending = new AbortController();
  const ended = bus[how](partition, {
    onMessage: (body) => void positions.push(...positionsIn(body)),
    onBreak: (reason) => void breaks.push(reason),
    signal: ending.signal,
  });
  return {
    positions,
    breaks,
    stop() {
      ending.abort();
      return ended;
    },
  };
}

/** A folder as it is now, to be put back later. */
export async function copyOf(folder: string): Promise<{ restore(): Promise<void> }> {
  const copy = `${folder}.copy`;
  await cp(folder, copy, { recursive: true });
  return {
    async restore() {
      await rm(folder, { recursive: true, force: true });
      await cp(copy, folder, { recursive: true });
    },
  };
}
