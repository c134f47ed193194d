import { capabilitiesToProto } from '@greencloud/event-log';
import type { IssueTaskResult } from '@greencloud/proto/task/v1/task_command';
import { sleep } from '@greencloud/runtime';
import type { Request } from '../../invariants/requests.ts';
import { type Desk, unknown } from './desk.ts';

interface Ids {
  readonly taskId: string;
  readonly commandId: string;
}

export interface IssuedTask {
  readonly taskId: string;
  readonly version: number;
}

type Answer = IssuedTask | 'refused' | 'unknown';

/** Asks until it knows: with the same ids, or, as another process would, with the same key only. */
export async function issue(desk: Desk, request: Request): Promise<IssuedTask | undefined> {
  const { house, life } = desk;
  let ids = newIds(desk);
  for (;;) {
    house.ledger.requests.byCommand.set(ids.commandId, request);
    const answer = await issueOnce(desk, request, ids);
    if (answer === 'refused') return undefined;
    if (answer !== 'unknown') return accepted(desk, request, answer);
    const isAnew = request.key !== '' && life.random.happens(0.5);
    if (isAnew || house.plant.client === 'asks anew after a time-out') ids = newIds(desk);
    await sleep(life.random.between(20, 400));
  }
}

function newIds({ life: { random } }: Desk): Ids {
  return { taskId: random.hex(24), commandId: random.uuid() };
}

async function issueOnce({ commands }: Desk, request: Request, ids: Ids): Promise<Answer> {
  const { tenantId, key, demand, timeoutSeconds, number } = request;
  const body = Buffer.from(`request ${number}`);
  const task = {
    ...ids,
    tenantId,
    lambdaId: 'a'.repeat(24),
    codeVersion: 'b'.repeat(24),
    timeoutSeconds,
    capabilities: capabilitiesToProto(demand),
    payload: number % 3 === 0 ? undefined : { contentType: 'text/plain', body },
    idempotencyKey: key,
    requestHash: key === '' ? Buffer.alloc(0) : Buffer.alloc(32, number % 256),
  };
  const answer = await commands.unary('issueTasks', { tasks: [task] }).catch(() => undefined);
  return answerOf(answer?.results[0]);
}

function answerOf(answer: IssueTaskResult | undefined): Answer {
  const result = answer?.result;
  if (result?.$case === 'issued') return result.value;
  if (result?.$case !== 'error' || unknown.has(result.value.code)) return 'unknown';
  return 'refused';
}

function accepted({ house, life }: Desk, request: Request, task: IssuedTask): IssuedTask {
  const { violations, log } = house.ledger;
  request.accepted ??= task.taskId;
  violations.check('one request, one task', request.accepted === task.taskId, () => {
    return `request ${request.number} was answered ${task.taskId}, before ${request.accepted}`;
  });
  violations.check('accepted is kept', log.tasks.has(task.taskId), () => {
    return `${task.taskId} was accepted, and is not in the log`;
  });
  house.note(life.name, () => `request ${request.number} is task ${task.taskId}`);
  return task;
}
