import { sleep } from '@greencloud/runtime';
import type { Request } from '../../invariants/requests.ts';
import type { Desk } from './desk.ts';
import type { IssuedTask } from './issue.ts';

/** Reads a task a few times, each time wanting no less than it has seen. */
export async function readBack(desk: Desk, request: Request, task: IssuedTask): Promise<void> {
  const { house, life, queries } = desk;
  const { violations } = house.ledger;
  const { tenantId } = request;
  const { taskId } = task;
  let seen = task.version;
  for (let looks = life.random.int(1, 4); looks > 0; looks--) {
    const key = { tenantId, taskId, minVersion: seen };
    const found = await queries.unary('getTask', { key }).catch(codeOf);
    violations.check('no 404 after 201', found !== 'TASK_NOT_FOUND', () => `${taskId} is unknown`);
    if (typeof found === 'string') continue;
    const read = found.task?.version ?? 0;
    violations.check('reads what it wrote', read >= seen, () => {
      return `version ${read} of ${taskId} was read after ${seen}`;
    });
    seen = Math.max(seen, read);
    await sleep(life.random.between(0, 800));
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL';
}
