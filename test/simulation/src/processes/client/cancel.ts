import { sleep } from '@greencloud/runtime';
import type { Request } from '../../invariants/requests.ts';
import { type Desk, unknown } from './desk.ts';
import type { IssuedTask } from './issue.ts';

/** Cancels until it knows whether it was in time; the version of its end when it was. */
export async function cancel(
  desk: Desk,
  { tenantId }: Request,
  taskId: string,
): Promise<IssuedTask | undefined> {
  const { house, life, commands } = desk;
  const commandId = life.random.uuid();
  house.ledger.requests.cancels.add(taskId);
  house.note(life.name, () => `cancels ${taskId}`);
  for (;;) {
    const tasks = [{ taskId, commandId, tenantId }];
    const answer = await commands.unary('cancelTasks', { tasks }).catch(() => undefined);
    const result = answer?.results[0]?.result;
    if (result?.$case === 'appended') return cancelled(desk, taskId, result.value.version);
    if (result?.$case === 'error' && !unknown.has(result.value.code)) return undefined;
    await sleep(life.random.between(20, 400));
  }
}

/** With the version that it is told, the client reads: an older one would let it read behind its cancel. */
function cancelled({ house }: Desk, taskId: string, version: number): IssuedTask {
  const { violations, log } = house.ledger;
  const task = log.tasks.get(taskId);
  const isEnd = task?.outcome === 'cancelled' && task.version === version;
  violations.check('accepted is kept', isEnd, () => {
    const found = `${task?.outcome} at version ${task?.version}`;
    return `the cancel of ${taskId} was accepted as version ${version}, and it is ${found}`;
  });
  return { taskId, version };
}
