import { type Evidence, ofKind, streamsOf } from '../history/evidence.ts';
import { type Finding, inspect, unless } from './finding.ts';

/** 201 is a promise: the task has a stream, a view row, and an end. */
export function acceptedTasksEnd(evidence: Evidence): Finding {
  const streams = streamsOf(evidence.log);
  const views = new Map(evidence.views.map((row) => [row.taskId, row]));
  return inspect(
    'every accepted task has a stream, a view row and an end',
    acceptedIds(evidence),
    (id) => [
      ...unless(streams.has(id), () => `${id} was accepted and has no stream`),
      ...unless(views.has(id), () => `${id} was accepted and has no view row`),
      ...unless(
        streams.get(id)?.some(({ event }) => event.type === 'TaskFinished') === true,
        () => `${id} was accepted and never ended`,
      ),
    ],
  );
}

/** Also of tasks whose answer never came: whatever is in the log ends. */
export function oneFinish(evidence: Evidence): Finding {
  return inspect(
    'each task in the log has exactly one finish, and it is the last event',
    streamsOf(evidence.log),
    ([id, rows]) => {
      const finishes = rows.filter(({ event }) => event.type === 'TaskFinished').length;
      return [
        ...unless(finishes === 1, () => `${id} has ${finishes} finishes`),
        ...unless(rows.at(-1)?.event.type === 'TaskFinished', () => `${id} goes on after its end`),
      ];
    },
  );
}

/** One ask, one task; the same id for every answer; none where the ask was refused. */
export function oneTaskPerAsk(evidence: Evidence): Finding {
  const tasks = Map.groupBy(evidence.contents.payloads, ([, ask]) => ask);
  const asks = Map.groupBy(ofKind(evidence.operations, 'create'), ({ asked }) => asked.ask);
  return inspect('one ask (one idempotency key) makes at most one task', asks, ([ask, sent]) => {
    const made = (tasks.get(ask) ?? []).map(([id]) => id);
    const told = sent.flatMap(({ ending }) =>
      ending.kind === 'answered' ? [ending.answer.id] : [],
    );
    const all = new Set([...made, ...told]);
    const refused = sent.every(({ ending }) => ending.kind === 'refused');
    return [
      ...unless(all.size <= 1, () => `${ask} has the tasks ${[...all].join(', ')}`),
      ...unless(
        !refused || made.length === 0,
        () => `${ask} was refused and has a task all the same`,
      ),
    ];
  });
}

/** Nothing is in the log that no client asked for: no task, and no cancellation. */
export function nothingUnasked(evidence: Evidence): Finding {
  const asks = new Set(ofKind(evidence.operations, 'create').map(({ asked }) => asked.ask));
  const cancels = new Set(ofKind(evidence.operations, 'cancel').map(({ asked }) => asked.id));
  return inspect(
    'nothing is in the log that was never asked for',
    streamsOf(evidence.log),
    ([id, rows]) => {
      const ask = evidence.contents.payloads.get(id);
      const end = rows.at(-1)?.event;
      const cancelled = end?.type === 'TaskFinished' && end.outcome === 'cancelled';
      return [
        ...unless(
          rows[0]?.event.type === 'TaskIssued',
          () => `${id} does not begin with its issue`,
        ),
        ...unless(ask !== undefined && asks.has(ask), () => `${id} was never asked for (${ask})`),
        ...unless(!cancelled || cancels.has(id), () => `${id} was cancelled by nobody`),
      ];
    },
  );
}

function acceptedIds({ operations }: Evidence): Set<string> {
  return new Set(
    ofKind(operations, 'create').flatMap(({ ending }) =>
      ending.kind === 'answered' ? [ending.answer.id] : [],
    ),
  );
}
