import {
  decide,
  evolve,
  initialState,
  parseCodeVersion,
  parseLambdaId,
  parseNodeId,
  parseTenantId,
  type TaskCommand,
  type TaskEvent,
  type TaskState,
  type TenantId,
} from '@greencloud/domain';

export const storyTenant = parseTenantId('5f0000000000000000000001');
export const storyNodes = [
  parseNodeId('1a061cfd-df01-4b02-a067-5122c5941e15'),
  parseNodeId('2b061cfd-df01-4b02-a067-5122c5941e15'),
] as const;
export const storyLambda = parseLambdaId('64058fee9956fae80d7e0e8e');

const hash = '0123456789abcdef'.repeat(4);
const outcomes = ['succeeded', 'failed', 'timed_out'] as const;
const reasons = ['node_lost', 'drained', 'refused', 'unacknowledged'] as const;

/** A stream that the rules allow: each number chooses the next command, so a property test shrinks. */
export function taskStory(
  choices: readonly number[],
  tenantId: TenantId = storyTenant,
): TaskEvent[] {
  const events: TaskEvent[] = [];
  let state: TaskState = initialState;
  for (const choice of [0, ...choices]) {
    const decision = decide(commandFor(state, choice, tenantId), state);
    if (decision.kind !== 'accepted') continue;
    events.push(decision.event);
    state = evolve(state, decision.event);
  }
  return events;
}

function commandFor(state: TaskState, choice: number, tenantId: TenantId): TaskCommand {
  switch (state.status) {
    case 'unknown':
      return issue(tenantId, choice);
    case 'issued':
      return waiting(state, choice, tenantId);
    case 'assigned':
    case 'running':
      return held(state, choice, tenantId);
    case 'finished':
      return { type: 'CancelTask', tenantId };
    default:
      return state satisfies never;
  }
}

function issue(tenantId: TenantId, choice: number): TaskCommand {
  return {
    type: 'IssueTask',
    tenantId,
    lambdaId: storyLambda,
    codeVersion: parseCodeVersion('64058fee9956fae80d7e0e8f'),
    timeoutSeconds: 10 + (choice % 111),
    capabilities: { cpuCount: choice % 5, memSize: 0, networkLatency: 0, privileged: false },
    payload: null,
  };
}

function waiting(state: TaskState, choice: number, tenantId: TenantId): TaskCommand {
  const attempt = 'attempt' in state ? state.attempt : 0;
  if (choice % 16 === 15) return { type: 'CancelTask', tenantId };
  if (choice % 16 === 14) return { type: 'ExpireTask', attempt };
  const nodeId = storyNodes[choice % 2] ?? storyNodes[0];
  return { type: 'AssignTask', expectedVersion: state.version, nodeId, sessionEpoch: 1n };
}

function held(
  { attempt, nodeId }: Extract<TaskState, { status: 'assigned' | 'running' }>,
  choice: number,
  tenantId: TenantId,
): TaskCommand {
  const held = { attempt, nodeId };
  switch (choice % 8) {
    case 0:
      return { type: 'CancelTask', tenantId };
    case 1:
      return { type: 'ReleaseTask', ...held, reason: pick(reasons, choice) };
    case 2:
    case 3:
      return finish(held, choice);
    default:
      return { type: 'ReportProgress', ...held, percent: choice % 101 };
  }
}

function finish(
  held: { attempt: number; nodeId: (typeof storyNodes)[number] },
  choice: number,
): TaskCommand {
  const outcome = pick(outcomes, choice);
  const result = outcome === 'succeeded' ? { size: choice, contentType: 'text/plain', hash } : null;
  const status = outcome === 'succeeded' ? 200 : 500;
  return { type: 'FinishTask', ...held, outcome, status, detail: `choice ${choice}`, result };
}

function pick<T>(values: readonly [T, ...T[]], choice: number): T {
  return values[(choice >> 3) % values.length] ?? values[0];
}
