import { type Evidence, streamsOf } from '../history/evidence.ts';
import type { LogRow } from '../history/log-row.ts';
import { type Finding, inspect, unless } from './finding.ts';

/** A hole or a double number is an event that some reader skips. */
export function densePositions({ log }: Evidence): Finding {
  const partitions = Map.groupBy(log, ({ partition }) => partition);
  const numbered = [...partitions.values()].flatMap((rows) =>
    rows.map((row, index) => ({ row, index })),
  );
  return inspect('positions are dense in each partition', numbered, ({ row, index }) =>
    unless(
      row.position === index + 1,
      () => `partition ${row.partition} has position ${row.position} in place ${index + 1}`,
    ),
  );
}

export function denseVersions({ log }: Evidence): Finding {
  return inspect('versions are dense in each stream', streamsOf(log), ([id, rows]) =>
    rows.flatMap(({ version }, index) =>
      unless(version === index + 1, () => `${id} has version ${version} in place ${index + 1}`),
    ),
  );
}

export function attemptsRise({ log }: Evidence): Finding {
  const assigned = streamsOf(log.filter(({ event }) => event.type === 'TaskAssigned'));
  return inspect('attempts rise by one with each assignment', assigned, ([id, rows]) =>
    rows.flatMap(({ event }, index) =>
      unless(
        'attempt' in event && event.attempt === index + 1,
        () => `${id}: assignment ${index + 1} is another attempt`,
      ),
    ),
  );
}

/** Progress, release and finish come from the attempt that holds the task, and from no other. */
export function nothingFenced({ log }: Evidence): Finding {
  return inspect(
    'no fenced attempt progresses, releases or finishes',
    streamsOf(log),
    ([id, rows]) => {
      let held = 0;
      return rows.flatMap((row) => {
        const before = held;
        held = heldAfter(row, held);
        return unless(
          mayHappen(row, before),
          () => `${id}: ${row.event.type} at version ${row.version} is fenced`,
        );
      });
    },
  );
}

/** The attempt that holds the task, 0 for none. */
function heldAfter({ event }: LogRow, held: number): number {
  if (event.type === 'TaskAssigned') return event.attempt;
  return event.type === 'TaskReleased' || event.type === 'TaskFinished' ? 0 : held;
}

function mayHappen({ event }: LogRow, held: number): boolean {
  switch (event.type) {
    case 'TaskIssued':
    case 'TaskAssigned':
      return held === 0;
    case 'TaskProgressed':
    case 'TaskReleased':
      return held === event.attempt;
    case 'TaskFinished':
      // Cancelled and expired come from outside; a task that waits can end in no other way.
      return held === 0 ? isFromOutside(event.outcome) : held === event.attempt;
    default:
      return event satisfies never;
  }
}

function isFromOutside(outcome: string): boolean {
  return outcome === 'cancelled' || outcome === 'expired';
}
