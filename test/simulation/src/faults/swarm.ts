import type { Random } from '../chance/random.ts';

/** These happen at a moment. */
const momentary = [
  'kill',
  'kill between two steps',
  'terminate',
  'hunt',
  'freeze',
  'cut',
  'hold',
  'slow',
  'postgres crash',
  'postgres freeze',
  'nats crash',
  'nats freeze',
  'nats wiped',
  'stream deleted',
  'stream purged',
  'stream lost its tail',
  'consumer deleted',
  'drain',
  'disable',
] as const;

/** These go on from the begin to the healing. */
const standing = ['unruly feed', 'disk full at times'] as const;

export type MomentaryFault = (typeof momentary)[number];
export type FaultKind = MomentaryFault | (typeof standing)[number];

export function isStanding(kind: FaultKind): kind is (typeof standing)[number] {
  return kind === 'unruly feed' || kind === 'disk full at times';
}

export interface Swarm {
  readonly kinds: readonly FaultKind[];
  readonly meanPauseMs: number;
  /** How long there are faults and new requests. */
  readonly chaosMs: number;
  readonly clientPauseMs: number;
  /** Of publishes that the server has no room for. */
  readonly refused: number;
  /** Of live messages that are lost, repeated, or late. */
  readonly unruliness: number;
}

/**
 * What may happen in a run: some of everything, since one kind of fault hides another. Swarm
 * testing (Groce et al., 2012): runs that differ in what they leave out find more.
 */
export function drawSwarm(random: Random, pace: 'hurried' | 'as shipped'): Swarm {
  const chance = random.pick([0.15, 0.4, 0.7]);
  const kinds = [...momentary, ...standing].filter(() => random.happens(chance));
  const stretch = pace === 'hurried' ? 1 : 5;
  if (pace === 'hurried' && random.happens(0.04)) return hunters(random);
  return {
    ...sharesOf(kinds, random),
    kinds,
    meanPauseMs: random.pick([250, 600, 1_500]) * stretch,
    chaosMs: random.between(5_000, 12_000) * stretch,
    clientPauseMs: random.pick([300, 700, 1_500]) * stretch,
  };
}

/** Nothing but the hunt: a task is lost only when five nodes die under it, one after the other. */
function hunters(random: Random): Swarm {
  const pace = { meanPauseMs: 150, chaosMs: random.between(15_000, 25_000), clientPauseMs: 700 };
  return { ...sharesOf([], random), ...pace, kinds: ['hunt'] };
}

/** How much the clients want: several times what a seed draws, or that. */
export type Load = 'busy' | 'as drawn';

/** Under these faults only, and under this load: what a planted fault needs to show soon. */
export function narrowSwarm(
  drawn: Swarm,
  { kinds, load }: { readonly kinds: readonly FaultKind[]; readonly load: Load },
  random: Random,
): Swarm {
  const clientPauseMs = load === 'busy' ? 60 : drawn.clientPauseMs;
  return { ...drawn, ...sharesOf(kinds, random), meanPauseMs: 500, clientPauseMs, kinds };
}

function sharesOf(kinds: readonly FaultKind[], random: Random) {
  return {
    refused: kinds.includes('disk full at times') ? random.pick([0.02, 0.2]) : 0,
    unruliness: kinds.includes('unruly feed') ? random.pick([0.02, 0.2]) : 0,
  };
}
