import { FIGURE_TITLES, type FigureName, type Figures } from '../figures.ts';
import type { SystemName } from '../systems/system.ts';
import type { ProcessFigures } from '../turn.ts';

type Wanted = { readonly kind: 'at least' | 'at most' | 'below'; readonly value: number };

export type Target = {
  readonly title: string;
  readonly ours: number | undefined;
  readonly theirs: number | undefined;
  /** Ours over theirs, or ours itself where the target is a figure. */
  readonly compared: number | undefined;
  readonly wanted: Wanted;
  readonly verdict: 'met' | 'missed' | 'not measured';
};

/** The medians of one system. */
export type Measured = {
  readonly figures: Figures;
  readonly processes: readonly ProcessFigures[];
};

export type MeasuredSystems = ReadonlyMap<SystemName, Measured>;

type Rule = {
  readonly figure: FigureName;
  /** Of several the best counts; of none the figure itself is held to the limit. */
  readonly against: readonly SystemName[];
  readonly wanted: Wanted;
};

const POSTGRES_PEERS = ['pg-boss', 'pg-boss-notify', 'graphile-worker'] as const;

const atLeast = (value: number): Wanted => ({ kind: 'at least', value });
const atMost = (value: number): Wanted => ({ kind: 'at most', value });
const below = (value: number): Wanted => ({ kind: 'below', value });

const RULES: readonly Rule[] = [
  { figure: 'acceptedPerSecond', against: ['bullmq'], wanted: atLeast(1) },
  { figure: 'acceptedPerSecond', against: ['pg-boss'], wanted: atLeast(3) },
  { figure: 'acceptP99Ms', against: ['bullmq'], wanted: below(1) },
  { figure: 'finishedPerSecond', against: POSTGRES_PEERS, wanted: atLeast(5) },
  { figure: 'finishedPerSecond', against: ['bullmq'], wanted: atLeast(0.5) },
  { figure: 'finishedPerSecond', against: ['bullmq'], wanted: atLeast(1) },
  { figure: 'seenP50Ms', against: ['bullmq'], wanted: atMost(2.5) },
  { figure: 'seenP99Ms', against: [], wanted: below(50) },
];

/** Holds our medians against those of the peers in the same run. */
export function judgeTargets(systems: MeasuredSystems): Target[] {
  return [...RULES.map((rule) => judgeRule(rule, systems)), judgeMemory(systems)];
}

function judgeRule({ figure, against, wanted }: Rule, systems: MeasuredSystems): Target {
  const ours = systems.get('ours')?.figures[figure];
  const rivals = against.flatMap((name) => {
    const measured = systems.get(name);
    return measured === undefined ? [] : [{ name, value: measured.figures[figure] }];
  });
  const best = rivals.toSorted((a, b) => b.value - a.value)[0];
  const compared = against.length === 0 ? ours : ratio(ours, best?.value);
  const rival = best?.name ?? against[0];
  const title = `${FIGURE_TITLES[figure]}${rival === undefined ? '' : ` against ${rival}`}`;
  return { title, ours, theirs: best?.value, compared, wanted, verdict: judge(compared, wanted) };
}

function ratio(ours: number | undefined, theirs: number | undefined): number | undefined {
  return ours === undefined || theirs === undefined ? undefined : ours / theirs;
}

/** Of the services themselves: sandboxes are bounded by slots, Postgres and NATS by their settings. */
function judgeMemory(systems: MeasuredSystems): Target {
  const services = systems.get('ours')?.processes.filter(({ kind }) => kind === 'service') ?? [];
  const largest = services.toSorted((a, b) => b.rssMb - a.rssMb)[0];
  const wanted = atMost(250);
  return {
    title: `peak RSS of the largest service, MB${largest === undefined ? '' : ` (${largest.name})`}`,
    ours: largest?.rssMb,
    theirs: undefined,
    compared: largest?.rssMb,
    wanted,
    verdict: judge(largest?.rssMb, wanted),
  };
}

function judge(compared: number | undefined, { kind, value }: Wanted): Target['verdict'] {
  if (compared === undefined) return 'not measured';
  return HOLDS[kind](compared, value) ? 'met' : 'missed';
}

const HOLDS: Readonly<Record<Wanted['kind'], (compared: number, limit: number) => boolean>> = {
  'at least': (compared, limit) => compared >= limit,
  'at most': (compared, limit) => compared <= limit,
  below: (compared, limit) => compared < limit,
};
