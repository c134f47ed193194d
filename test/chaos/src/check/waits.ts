import { type Evidence, ofKind, streamsOf } from '../history/evidence.ts';
import type { Operation, Result } from '../history/operation.ts';
import { type Finding, inspect, unless } from './finding.ts';

/**
 * How long harm may keep an end from somebody who waits for it. A process stands still for 9 s at
 * most, and two faults strike at a time: an edge that does, and behind it a projection whose
 * partitions another one takes.
 */
const HELD_BACK_MS = 30_000;

/** Whoever waits for a result is told the end when it comes, and never that there is none yet. */
export function resultsCome(evidence: Evidence): Finding {
  const ends = endsOf(evidence);
  const waits = ofKind(evidence.operations, 'result')
    .filter(isJudged)
    .map((wait) => ({ ...wait, lateMs: lateMsOf(wait, ends) }));
  const most = Math.max(0, ...waits.map(({ lateMs }) => lateMs));
  return inspect(
    `who waits for a result has it within ${HELD_BACK_MS / 1_000} s of the end (here ${seconds(most)} s)`,
    waits,
    ({ asked: { id }, ending, lateMs }) =>
      unless(
        lateMs <= HELD_BACK_MS,
        () => `${id} had ended, and ${seconds(lateMs)} s later its result was ${textOf(ending)}`,
      ),
  );
}

function lateMsOf(
  { asked, startedAt, endedAt }: Result,
  ends: ReadonlyMap<string, number>,
): number {
  const since = Math.max(startedAt, ends.get(asked.id) ?? endedAt);
  return Math.max(0, endedAt - since);
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

/** A watch still open when all harm is long over, though the log has ended its task, waits for ever. */
export function watchesEnd(evidence: Evidence): Finding {
  const streams = streamsOf(evidence.log);
  return inspect('no watch waits for ever', ofKind(evidence.operations, 'watch'), (watch) => {
    const { asked, ending, startedAt } = watch;
    if (!isCut(watch)) return [];
    const events = ending.kind === 'answered' ? ending.answer.events : [];
    const told = events.at(-1)?.version ?? asked.after;
    const last = streams.get(asked.id)?.length ?? 0;
    return [
      `a watch of ${asked.id} since ${startedAt} was told version ${told} of ${last} in the end`,
    ];
  });
}

function isCut({ ending }: Extract<Operation, { kind: 'watch' }>): boolean {
  if (ending.kind === 'unknown') return ending.why === 'AbortError';
  return ending.kind === 'answered' && ending.answer.came === 'cut';
}

/** Not "come again", not a connection that broke: an answer, or none in all the time of a client. */
function isJudged({ ending }: Result): boolean {
  if (ending.kind === 'unknown')
    return ending.why === 'TimeoutError' || ending.why === 'AbortError';
  return ending.kind === 'answered' || ending.code === 'RESULT_NOT_READY';
}

function textOf(ending: Result['ending']): string {
  if (ending.kind === 'answered') return ending.answer.outcome;
  return ending.kind === 'refused' ? ending.code : ending.why;
}

function endsOf({ log }: Evidence): ReadonlyMap<string, number> {
  return new Map(
    log.flatMap(({ taskId, event, recordedAt }) =>
      event.type === 'TaskFinished' ? [[taskId, recordedAt] as const] : [],
    ),
  );
}
