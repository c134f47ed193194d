import type { NodeId } from '@greencloud/domain';
import { HalfFleetGuard } from './half-fleet-guard.ts';

export interface Pulse {
  readonly nodeId: NodeId;
  /** World uptime of the last sign of life. */
  readonly heardAt: number;
}

export interface LivenessOptions {
  readonly lostAfterMs: number;
  /** How often `look` is called. */
  readonly everyMs: number;
}

export type Verdict =
  | { readonly kind: 'lost'; readonly nodes: readonly NodeId[] }
  /** This process stood still for so long: nobody's silence in that time counts. */
  | { readonly kind: 'stalled'; readonly byMs: number }
  /** Too many fell silent together. */
  | { readonly kind: 'held'; readonly silent: number };

/** Says which nodes are lost, and doubts itself first. */
export class Liveness {
  readonly #options: LivenessOptions;
  readonly #guard: HalfFleetGuard;
  #lookedAt: number | undefined;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#guard = new HalfFleetGuard(options.lostAfterMs);
  }

  look(now: number, pulses: readonly Pulse[]): Verdict {
    const stalled = this.#stall(now);
    if (stalled > 0) return { kind: 'stalled', byMs: stalled };
    const silent = pulses.filter(({ heardAt }) => now - heardAt >= this.#options.lostAfterMs);
    if (this.#guard.judge(now, silent.length, pulses.length) === 'held') {
      return { kind: 'held', silent: silent.length };
    }
    return { kind: 'lost', nodes: silent.map(({ nodeId }) => nodeId) };
  }

  #stall(now: number): number {
    const late = now - (this.#lookedAt ?? now) - this.#options.everyMs;
    this.#lookedAt = now;
    return late > this.#options.lostAfterMs / 4 ? late : 0;
  }
}
