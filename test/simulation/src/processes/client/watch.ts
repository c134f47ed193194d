import { sleep } from '@greencloud/runtime';
import type { Request } from '../../invariants/requests.ts';
import type { Desk } from './desk.ts';

/** Watches a task to its end, over as many streams as it takes, and reads its result. */
export async function watch(desk: Desk, request: Request, taskId: string): Promise<void> {
  let version = 0;
  for (;;) {
    try {
      version = await watchOnce(desk, request, taskId, version);
      return await readResult(desk, request, taskId);
    } catch (error) {
      if (!(error instanceof StreamBroke)) throw error;
      version = error.version;
      await sleep(desk.life.random.between(20, 400));
    }
  }
}

class StreamBroke extends Error {
  override readonly name = 'StreamBroke';
  readonly version: number;

  constructor(version: number) {
    super('the stream broke');
    this.version = version;
  }
}

async function watchOnce(
  { house, queries }: Desk,
  { tenantId }: Request,
  taskId: string,
  afterVersion: number,
): Promise<number> {
  const { violations } = house.ledger;
  const key = { tenantId, taskId, minVersion: 0 };
  let seen = afterVersion;
  try {
    for await (const { event } of queries.serverStream('watchTask', { key, afterVersion })) {
      const version = event?.version ?? 0;
      violations.check('a watch is whole', version === seen + 1, () => {
        return `version ${version} of ${taskId} was told after ${seen}`;
      });
      seen = version;
      if (event?.event?.event?.$case === 'finished') return seen;
    }
  } catch (error) {
    const isUnknown = error instanceof Error && 'code' in error && error.code === 'TASK_NOT_FOUND';
    violations.check('no 404 after 201', !isUnknown, () => `${taskId} cannot be watched`);
  }
  throw new StreamBroke(seen);
}

/** The finish is in the log, and the result with it: there is nothing to wait for. */
async function readResult({ house, log }: Desk, { tenantId }: Request, taskId: string) {
  const keys = [{ tenantId, taskId }];
  const answer = await log.unary('batchGetResults', { keys }).catch(() => undefined);
  if (answer === undefined) return;
  const read = answer.results[0]?.content?.body.toString();
  const kept = house.postgres.tables.log.results.get(taskId)?.body.toString();
  house.ledger.violations.check('accepted is kept', read === kept, () => {
    return `the result of ${taskId} was read as ${read}, the log has ${kept}`;
  });
}
