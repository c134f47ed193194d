import type { TenantId } from '@greencloud/domain';
import { EventLogServiceClient } from '@greencloud/proto/eventlog/v1/event_log';
import { TaskCommandServiceClient } from '@greencloud/proto/task/v1/task_command';
import { TaskQueryServiceClient } from '@greencloud/proto/task/v1/task_query';
import { sleep } from '@greencloud/runtime';
import type { Request } from '../../invariants/requests.ts';
import type { Life } from '../../time/life.ts';
import type { House, Running } from '../house.ts';
import { demands, tenants } from '../topology.ts';
import { cancel } from './cancel.ts';
import type { Desk } from './desk.ts';
import { issue } from './issue.ts';
import { readBack } from './read.ts';
import { watch } from './watch.ts';

export interface Workload {
  /** Ms until the client wants nothing new. */
  readonly forMs: number;
  /** Mean ms between two requests. */
  readonly pauseMs: number;
}

/** At the end nothing should be open: a client gives up on nothing. */
export interface RunningClient extends Running {
  readonly open: () => number;
}

/** Stands in for the edge and its users: issues tasks, reads and watches them, cancels some. */
export async function startClient(
  house: House,
  life: Life,
  workload: Workload,
): Promise<RunningClient> {
  const { taskCommands, projections } = house.topology;
  const client = new Client({
    house,
    life,
    commands: house.client(life, TaskCommandServiceClient, taskCommands, { deadlineMs: 3_000 }),
    queries: house.client(life, TaskQueryServiceClient, projections, {
      deadlineMs: 3_000,
      idempotent: ['getTask'],
    }),
    log: house.client(life, EventLogServiceClient, taskCommands, {
      idempotent: ['batchGetResults'],
    }),
  });
  void client.work(workload);
  return { open: () => client.open, stop: async () => undefined };
}

class Client {
  readonly #desk: Desk;
  #keyed: Request[] = [];
  open = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async work({ forMs, pauseMs }: Workload): Promise<void> {
    const until = performance.now() + forMs;
    const { random } = this.#desk.life;
    while (performance.now() < until) {
      await sleep(random.between(0, 2 * pauseMs));
      const burst = random.happens(0.1) ? random.int(2, 8) : 1;
      for (let left = burst; left > 0; left--) void this.#tell();
    }
  }

  async #tell(): Promise<void> {
    this.open += 1;
    await this.#story();
    this.open -= 1;
  }

  /** One task, as its owner sees it. */
  async #story(): Promise<void> {
    const desk = this.#desk;
    const { random } = desk.life;
    const request = this.#request();
    const task = await issue(desk, request);
    if (task === undefined) return;
    if (random.happens(0.4)) await readBack(desk, request, task);
    if (random.happens(0.15)) {
      await sleep(random.between(0, 1_500));
      const end = await cancel(desk, request, task.taskId);
      if (end !== undefined) await readBack(desk, request, end);
    }
    if (random.happens(0.2)) await watch(desk, request, task.taskId);
  }

  #request(): Request {
    const { life, house } = this.#desk;
    const { random } = life;
    if (this.#keyed.length > 0 && random.happens(0.15)) return random.pick(this.#keyed);
    const tenantId: TenantId = random.pick(tenants);
    const key = random.happens(0.3) ? random.hex(8) : '';
    const demand = random.happens(0.6) ? random.pick(demands.slice(0, 1)) : random.pick(demands);
    const timeoutSeconds = random.pick([1, 2, 5, 5]);
    const request = house.ledger.requests.add({ tenantId, key, demand, timeoutSeconds });
    if (key !== '') this.#keyed = [...this.#keyed, request].slice(-5);
    return request;
  }
}
