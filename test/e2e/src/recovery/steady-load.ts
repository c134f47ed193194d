import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestClient } from '../client.ts';

export interface LoadReport {
  /** Ids of all tasks that were accepted. */
  readonly accepted: readonly string[];
  /** Requests that got no answer, or 5xx. */
  readonly failed: readonly string[];
  /** The slowest answer, ms. */
  readonly slowestMs: number;
}

export interface SteadyLoad {
  /** Stops, waits for what is in flight, and tells. */
  stop(): Promise<LoadReport>;
}

interface LoadOptions {
  /** In turn; a connection that is refused makes the next one try, as a load balancer would. */
  readonly clients: readonly RestClient[];
  readonly lambdaId: string;
  readonly everyMs: number;
}

/** A create and a read of the task before it at each beat, whether or not the last ones are done. */
export function startLoad({ clients, lambdaId, everyMs }: LoadOptions): SteadyLoad {
  const accepted: string[] = [];
  const failed: string[] = [];
  const pending: Promise<void>[] = [];
  const stopping = new AbortController();
  let slowestMs = 0;
  let turn = 0;

  async function ask(what: string, send: (client: RestClient) => ReturnType<RestClient['call']>) {
    const begun = performance.now();
    const answer = await balanced(clients, (turn += 1), send).catch((error: unknown) => error);
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    if (answer instanceof Error) failed.push(`${Date.now()} ${what}: ${String(answer)}`);
    else if (isAnswer(answer) && answer.status >= 500)
      failed.push(`${Date.now()} ${what}: ${answer.text}`);
    else return isAnswer(answer) ? answer : undefined;
    return undefined;
  }

  async function beat(): Promise<void> {
    const last = accepted.at(-1);
    const headers = { 'idempotency-key': randomUUID() };
    const body = { lambdaId, timeout: 30, inlinePayload: 'load' };
    const [created] = await Promise.all([
      ask('POST', (client) => client.call('POST', '/v1/task', { body, headers })),
      last === undefined
        ? undefined
        : ask('GET', (client) => client.call('GET', `/v1/task/${last}`)),
    ]);
    if (created?.status === 201) accepted.push(created.json<{ id: string }>().id);
    else if (created !== undefined) failed.push(`POST: ${created.text}`);
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      pending.push(beat());
      await sleep(everyMs);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(pending);
      return { accepted, failed, slowestMs };
    },
  };
}

type Answer = Awaited<ReturnType<RestClient['call']>>;

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value;
}

/** A request that nobody took is sent to the next one; one that was taken never is. */
async function balanced(
  clients: readonly RestClient[],
  turn: number,
  send: (client: RestClient) => Promise<Answer>,
): Promise<Answer> {
  let refusal: unknown;
  for (let i = 0; i < clients.length; i += 1) {
    const client = clients[(turn + i) % clients.length];
    if (client === undefined) break;
    try {
      return await send(client);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ECONNREFUSED') throw error;
      refusal = error;
    }
  }
  throw refusal;
}
