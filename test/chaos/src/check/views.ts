import { type Evidence, streamsOf } from '../history/evidence.ts';
import type { LogRow, ViewRow } from '../history/log-row.ts';
import { type Finding, inspect, unless } from './finding.ts';

/** Folded here by hand, and not by the projection's own code, which would agree with itself. */
export function viewIsFold({ log, views }: Evidence): Finding {
  const streams = streamsOf(log);
  const rows = new Map(views.map((row) => [row.taskId, row]));
  const ids = new Set([...streams.keys(), ...rows.keys()]);
  return inspect('each view row is the fold of its stream', ids, (id) => {
    const expected = JSON.stringify(foldOf(id, streams.get(id) ?? []));
    const found = JSON.stringify(rows.get(id) ?? null);
    return unless(found === expected, () => `${id} is ${found}, and its log says ${expected}`);
  });
}

function foldOf(id: string, rows: readonly LogRow[]): ViewRow | null {
  return rows.reduce<ViewRow | null>((row, next) => foldOne(id, row, next), null);
}

function foldOne(taskId: string, row: ViewRow | null, { event, version }: LogRow): ViewRow {
  const last = row ?? { taskId, ...nothingYet, version };
  const next: ViewRow = { ...last, version };
  switch (event.type) {
    case 'TaskIssued':
      return next;
    case 'TaskAssigned':
      return { ...next, state: 'assigned', nodeId: event.nodeId, attempt: event.attempt };
    case 'TaskProgressed':
      return { ...next, state: 'running', progress: event.percent };
    case 'TaskReleased':
      return { ...next, state: 'issued', nodeId: null, progress: 0 };
    case 'TaskFinished': {
      const progress = event.outcome === 'succeeded' ? 100 : last.progress;
      return { ...next, state: 'finished', outcome: event.outcome, progress };
    }
    default:
      return event satisfies never;
  }
}

const nothingYet = { state: 'issued', outcome: null, progress: 0, nodeId: null, attempt: 0 };
