import { sleep } from '@greencloud/runtime';
import type { Request } from '../../invariants/requests.ts';
import { type Desk, unknown } from './desk.ts';

/** Cancels until it knows whether it was in time. */
export async function cancel(desk: Desk, { tenantId }: Request, taskId: string): Promise<void> {
  const { house, life, commands } = desk;
  const commandId = life.random.uuid();
  house.ledger.requests.cancels.add(taskId);
  house.note(life.name, () => `cancels ${taskId}`);
  for (;;) {
    const tasks = [{ taskId, commandId, tenantId }];
    const answer = await commands.unary('cancelTasks', { tasks }).catch(() => undefined);
    const result = answer?.results[0]?.result;
    if (result?.$case === 'appended') return checkCancelled(desk, taskId);
    if (result?.$case === 'error' && !unknown.has(result.value.code)) return;
    await sleep(life.random.between(20, 400));
  }
}

function checkCancelled({ house }: Desk, taskId: string): void {
  const { violations, log } = house.ledger;
  const outcome = log.tasks.get(taskId)?.outcome;
  violations.check('accepted is kept', outcome === 'cancelled', () => {
    return `the cancel of ${taskId} was accepted, and it is ${outcome}`;
  });
}
