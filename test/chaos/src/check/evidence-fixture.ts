import type {
  LambdaId,
  CodeVersion,
  NodeId,
  TaskEvent,
  TaskOutcome,
  TenantId,
} from '@greencloud/domain';
import type { Evidence } from '../history/evidence.ts';
import type { LogRow, ViewRow } from '../history/log-row.ts';
import type { Came, Operation, Result } from '../history/operation.ts';

export const node = '1a061cfd-df01-4b02-a067-5122c5941e15';

const fixed = {
  tenantId: 'tenant' as TenantId,
  lambdaId: 'lambda' as LambdaId,
  codeVersion: 'code' as CodeVersion,
  timeoutSeconds: 60,
  capabilities: { cpuCount: 3, memSize: 512, networkLatency: 20, privileged: true },
};

const issued: TaskEvent = { ...fixed, type: 'TaskIssued', payload: null };

export function assigned(attempt: number, nodeId = node): TaskEvent {
  return { type: 'TaskAssigned', attempt, nodeId: nodeId as NodeId, sessionEpoch: 1n };
}

export function progressed(attempt: number, percent = 0): TaskEvent {
  return { type: 'TaskProgressed', attempt, percent };
}

export function released(attempt: number): TaskEvent {
  return { type: 'TaskReleased', attempt, reason: 'node_lost' };
}

export function finished(attempt: number, outcome: TaskOutcome = 'succeeded'): TaskEvent {
  return { type: 'TaskFinished', attempt, outcome, status: 200, detail: '', result: null };
}

/** The events of one task alone in its partition, after its issue. */
export function logOf(taskId: string, events: readonly TaskEvent[], partition = 0): LogRow[] {
  return [issued, ...events].map((event, index) => ({
    partition,
    position: index + 1,
    taskId,
    version: index + 1,
    recordedAt: 1_000 + index,
    event,
  }));
}

const view: ViewRow = {
  ...fixed,
  taskId: 't1',
  issuedAt: 1_000,
  assignedAt: 1_003,
  finishedAt: 1_005,
  status: 200,
  detail: '',
  result: null,
  state: 'finished',
  outcome: 'succeeded',
  progress: 100,
  nodeId: node,
  attempt: 2,
  version: 6,
};

export function create(asked: {
  ask: string;
  id?: string;
  at?: number;
  client?: number;
}): Operation {
  const { ask, id, at = 100, client = 0 } = asked;
  return {
    kind: 'create',
    client,
    startedAt: at - 10,
    endedAt: at,
    asked: { ask, lambda: 'quick', key: `key-${ask}` },
    ending:
      id === undefined
        ? { kind: 'unknown', why: 'ECONNRESET' }
        : { kind: 'answered', answer: { id, replayed: false } },
  };
}

export function get(seen: {
  version: number;
  at: number;
  client?: number;
  outcome?: string;
}): Operation {
  const { version, at, client = 0, outcome = '' } = seen;
  const call = {
    kind: 'get',
    client,
    startedAt: at,
    endedAt: at + 10,
    asked: { id: 't1' },
  } as const;
  if (version === 0) {
    return { ...call, ending: { kind: 'refused', status: 404, code: 'TASK_NOT_FOUND' } };
  }
  const answer = { id: 't1', outcome, version };
  return { ...call, ending: { kind: 'answered', answer } };
}

export function unanswered(why: string): Operation {
  const call = { kind: 'get', client: 0, startedAt: 400, endedAt: 410 } as const;
  return { ...call, asked: { id: 't1' }, ending: { kind: 'unknown', why } };
}

export function watch(
  events: readonly { version: number; type: string }[],
  came: Came = 'broken',
): Operation {
  const call = { kind: 'watch', client: 0, startedAt: 1, endedAt: 2 } as const;
  const ending = { kind: 'answered', answer: { events, came } } as const;
  return { ...call, asked: { id: 't1', after: 0 }, ending };
}

export function cancel(at: number, version: number): Operation {
  const call = { kind: 'cancel', client: 0, startedAt: at - 10, endedAt: at } as const;
  return { ...call, asked: { id: 't1' }, ending: { kind: 'answered', answer: { version } } };
}

/** Asked for at 400. */
export function result(endedAt: number, ending: Result['ending']): Operation {
  return { kind: 'result', client: 0, startedAt: 400, endedAt, asked: { id: 't1' }, ending };
}

export const wellEnded: Result['ending'] = {
  kind: 'answered',
  answer: { outcome: 'succeeded', version: 6 },
};

export function answerOf(ask: string, from = 1, until = 2): string {
  return JSON.stringify({ ask, from, until });
}

/** A task that lost its node once and then succeeded; nothing is wrong with it. */
export const sound: Evidence = {
  operations: [
    create({ ask: 'a1', id: 't1' }),
    get({ version: 1, at: 200 }),
    get({ version: 6, at: 300, outcome: 'succeeded' }),
    watch([{ version: 1, type: 'TaskIssued' }]),
    result(1_010, wellEnded),
  ],
  log: logOf('t1', [assigned(1), released(1), assigned(2), progressed(2), finished(2)]),
  views: [view],
  contents: { payloads: new Map([['t1', 'a1']]), results: new Map([['t1', answerOf('a1')]]) },
  nodes: new Map([
    [node, { slots: 1, cpuCount: 4, memSize: 1024, networkLatency: 10, privileged: true }],
  ]),
  listed: [
    { id: 't1', lambdaId: 'lambda', issued: '1', progress: 100, status: 200, state: 'finished' },
  ],
  programs: [{ program: 'verify', code: 0, output: 'verify: 1 tasks, 0 violations' }],
  logs: [{ file: 'edge-0.log', text: '{"level":"info","msg":"edge starts"}' }],
};
