import { isDeepStrictEqual } from 'node:util';
import { type Evidence, streamsOf } from '../history/evidence.ts';
import type { ListedTask, LogRow, ViewRow } from '../history/log-row.ts';
import { type Finding, inspect, unless } from './finding.ts';

/** Folded here by hand, and not by the projection's own code, which would agree with itself. */
export function viewIsFold({ log, views }: Evidence): Finding {
  const streams = streamsOf(log);
  const rows = new Map(views.map((row) => [row.taskId, row]));
  const ids = new Set([...streams.keys(), ...rows.keys()]);
  return inspect('each view row is the fold of its stream, in all columns', ids, (id) => {
    const [expected, found] = [foldOf(streams.get(id) ?? []), rows.get(id)];
    return unless(
      isDeepStrictEqual(found, expected),
      () => `${id} is ${JSON.stringify(found)}, and its log says ${JSON.stringify(expected)}`,
    );
  });
}

/** Page after page: each task once, as its stream folds, and none before a newer one. */
export function listIsWhole({ log, listed }: Evidence): Finding {
  const folds = [...streamsOf(log).values()].flatMap((rows) => foldOf(rows) ?? []);
  const expected = folds
    .toSorted((a, b) => b.issuedAt - a.issuedAt || (a.taskId < b.taskId ? 1 : -1))
    .map(listedOf);
  const places = Array.from({ length: Math.max(listed.length, expected.length) }, (_, n) => n);
  return inspect('the list has each task once, the newest first', places, (place) => {
    const [found, wanted] = [listed[place], expected[place]];
    return unless(
      isDeepStrictEqual(found, wanted),
      () => `place ${place} has ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`,
    );
  });
}

function listedOf({ taskId, lambdaId, issuedAt, progress, status, state }: ViewRow): ListedTask {
  const issued = String(Math.floor(issuedAt / 1_000));
  return { id: taskId, lambdaId, issued, progress, status, state };
}

function foldOf(rows: readonly LogRow[]): ViewRow | undefined {
  return rows.reduce<ViewRow | undefined>(foldOne, undefined);
}

function foldOne(row: ViewRow | undefined, next: LogRow): ViewRow | undefined {
  const { event, version, recordedAt } = next;
  if (event.type === 'TaskIssued') return issuedRow(next);
  if (row === undefined) return undefined;
  const last = { ...row, version };
  switch (event.type) {
    case 'TaskAssigned': {
      const { attempt, nodeId } = event;
      return { ...last, state: 'assigned', assignedAt: recordedAt, nodeId, attempt };
    }
    case 'TaskProgressed':
      return { ...last, state: 'running', progress: event.percent };
    case 'TaskReleased':
      return { ...last, state: 'issued', assignedAt: null, nodeId: null, progress: 0 };
    case 'TaskFinished': {
      const { outcome, status, detail, result } = event;
      const progress = outcome === 'succeeded' ? 100 : last.progress;
      const end = { outcome, status, detail, result, progress };
      return { ...last, ...end, state: 'finished', finishedAt: recordedAt };
    }
    default:
      return event satisfies never;
  }
}

function issuedRow({ taskId, version, event, recordedAt }: LogRow): ViewRow | undefined {
  if (event.type !== 'TaskIssued') return undefined;
  const { tenantId, lambdaId, codeVersion, timeoutSeconds, capabilities } = event;
  const fixed = { taskId, tenantId, lambdaId, codeVersion, timeoutSeconds, capabilities };
  return { ...fixed, ...nothingYet, version, issuedAt: recordedAt };
}

const nothingYet = {
  state: 'issued',
  assignedAt: null,
  finishedAt: null,
  outcome: null,
  status: 0,
  progress: 0,
  nodeId: null,
  attempt: 0,
  detail: '',
  result: null,
};
