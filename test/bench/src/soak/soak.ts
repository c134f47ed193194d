import { awaitFinished } from '../client/await-finished.ts';
import { burst } from '../client/burst.ts';
import { openDoor, type RestDoor } from '../client/rest-door.ts';
import type { Emit } from '../report/json-lines.ts';
import { quantile } from '@greencloud/testing';
import { formatNumber, formatTable, numbers, words } from '../report/table.ts';
import { startOurs } from '../systems/ours.ts';
import type { RunningSystem, Say } from '../systems/system.ts';
import { growthOf, type Sample } from './growth.ts';
import { type MemoryRecord, recordMemory } from './memory-record.ts';
import type { SoakOptions } from './options.ts';
import { type SteadyResult, steadyLoad } from './steady-load.ts';

export type SoakContext = {
  readonly options: SoakOptions;
  readonly signal: AbortSignal;
  readonly say: Say;
  readonly emit: Emit;
};

export type SoakOutcome = { readonly report: string; readonly failures: readonly string[] };

const LOOK_EVERY_MS = 10_000;
const CONNECTIONS = 64;
const LIMIT_SECONDS = 120;
const WARM_TASKS = 2_000;
const MOST_TASKS = 5_000;

/** Our stack under an even load; what its processes take. At the abort it ends early and reports. */
export async function soak(context: SoakContext): Promise<SoakOutcome> {
  const { options, signal, say, emit } = context;
  say('starting');
  await using system = await startOurs(say);
  signal.throwIfAborted();
  const door = openDoor(system.door, CONNECTIONS);
  try {
    const rate = await rateOf(door, options, say);
    say(`${rate.toFixed(0)} tasks/s for ${options.minutes} min`);
    await using record = recordMemory(system.processes, LOOK_EVERY_MS, (minute, round) =>
      emit('memory', { minute, processes: Object.fromEntries(round) }),
    );
    const milliseconds = options.minutes * 60_000;
    const steady = { rate, milliseconds, limitSeconds: LIMIT_SECONDS, signal };
    const result = await steadyLoad(door, steady);
    return outcomeOf(context, system, rate, result, record);
  } finally {
    await door.close();
  }
}

async function rateOf(door: RestDoor, { rate }: SoakOptions, say: Say): Promise<number> {
  say('warm-up');
  await finished(door, WARM_TASKS);
  if (rate !== 'half') return rate;
  const mostPerSecond = await finished(door, MOST_TASKS);
  say(`a burst finishes ${mostPerSecond.toFixed(0)} tasks/s`);
  return mostPerSecond / 2;
}

/** Tasks a second, until the last is seen finished. */
async function finished(door: RestDoor, tasks: number): Promise<number> {
  const start = performance.now();
  const { ids } = await burst(door, tasks, CONNECTIONS);
  await awaitFinished(door, ids.slice(-CONNECTIONS), LIMIT_SECONDS);
  return tasks / ((performance.now() - start) / 1_000);
}

function outcomeOf(
  { signal, emit }: SoakContext,
  system: RunningSystem,
  rate: number,
  { posted, skipped, failures, seenMs }: SteadyResult,
  record: MemoryRecord,
): SoakOutcome {
  const ended = signal.aborted ? [] : record.ended().map((name) => `${name} has ended`);
  const seen = seenMs.length === 0 ? {} : seenOf(seenMs);
  emit('soak', { rate, posted, skipped, failures: failures.length, ...seen });
  const rows = system.processes.flatMap(({ name }) => rowOf(name, record.samples(), emit));
  const [p50, p99] = [seen.p50Ms, seen.p99Ms].map((ms) => formatNumber(ms, 1));
  const lines = [
    `${formatNumber(posted, 0)} tasks at ${formatNumber(rate, 0)}/s, ${skipped} skipped; ` +
      `submit to seen finish p50 ${p50} ms, p99 ${p99} ms`,
    formatTable([words('RSS, MB'), ...TITLES.map(numbers)], rows),
  ];
  return { report: lines.join('\n\n'), failures: [...failures.slice(0, 10), ...ended] };
}

type Seen = { readonly p50Ms?: number; readonly p99Ms?: number };

function seenOf(seenMs: readonly number[]): Seen {
  return { p50Ms: quantile(seenMs, 0.5), p99Ms: quantile(seenMs, 0.99) };
}

/** Of ten minutes: what a shorter run gains in memory is how caches fill and code gets warm. */
const FEWEST_LOOKS = 60;
const TITLES = ['start', 'middle', 'end', 'most', 'growth an hour'];

function rowOf(
  name: string,
  samples: ReadonlyMap<string, readonly Sample[]>,
  emit: Emit,
): string[][] {
  const mine = samples.get(name) ?? [];
  if (mine.length === 0) return [];
  const growth = growthOf(mine);
  emit('growth', { name, ...growth });
  const { startMb, middleMb, endMb, mostMb, mbPerHour } = growth;
  const growthShown = mine.length < FEWEST_LOOKS ? undefined : mbPerHour;
  const cells = [startMb, middleMb, endMb, mostMb, growthShown].map((mb) => formatNumber(mb, 1));
  return [[name, ...cells]];
}
