import { randomUUID } from 'node:crypto';
import { eventually } from '@greencloud/testing';
import type { Answer } from '../client.ts';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { enrol } from '../own-processes.ts';
import type { SharedStack, Tenant } from '../shared/running-stack.ts';

/** Everything that a tenant can own, and every word by which it would be known. */
export interface World {
  readonly tenant: Tenant;
  readonly lambda: string;
  /** No node takes its tasks. */
  readonly idleLambda: string;
  readonly node: string;
  readonly nodeToken: string;
  readonly codeVersion: string;
  readonly tasks: Readonly<Record<'finished' | 'failed' | 'cancelled' | 'running', string>>;
  readonly idempotencyKey: string;
  readonly taskCursor: string;
  readonly lambdaCursor: string;
  readonly tag: string;
  /** Words that must be in no answer to anybody else. */
  readonly secrets: readonly string[];
  /** All that the tenant sees of its own, to compare. */
  view(): Promise<unknown>;
  /** Ends what still runs. */
  end(): Promise<void>;
}

/** `mark` (letters and digits) stands in everything that carries text. */
export async function buildWorld(stack: SharedStack, mark: string): Promise<World> {
  const tenant = await stack.tenant();
  const { lambda, idleLambda, codeVersion } = await makeLambdas(tenant, mark);
  const { hash: node, token: nodeToken } = await enrol(tenant, `node of ${mark}`);
  const idempotencyKey = `key-${mark}-${randomUUID()}`;
  const tasks = await makeTasks(tenant, { lambda, idleLambda, idempotencyKey, mark });
  const [taskCursor, lambdaCursor] = await Promise.all([
    cursorOf(tenant, '/v1/task/list?limit=1'),
    cursorOf(tenant, '/v1/lambda/list?limit=1'),
  ]);
  const ids = [lambda, idleLambda, node, nodeToken, codeVersion, ...Object.values(tasks)];
  return {
    tenant,
    lambda,
    idleLambda,
    node,
    nodeToken,
    codeVersion,
    tasks,
    idempotencyKey,
    taskCursor,
    lambdaCursor,
    tag: `tag-${mark}`,
    secrets: [mark, tenant.tenantId, tenant.token, ...ids],
    view: () => viewOf(tenant, [lambda, idleLambda], Object.values(tasks)),
    end: async () => void (await tenant.call('DELETE', `/v1/task/${tasks.running}`)),
  };
}

async function makeLambdas(tenant: Tenant, mark: string) {
  const code = `// ${mark}\n${await lambdaCode('obedient')}`;
  const lambda = await tenant.createLambda(`work${mark}`, code);
  const idleLambda = await tenant.createLambda(`idle${mark}`, code, impossible);
  const body = {
    description: `belongs to ${mark}`,
    tag: [`tag-${mark}`],
    scmUrl: `https://example.org/${mark}`,
  };
  const changed = await tenant.call('PATCH', `/v1/lambda/${lambda}`, { body });
  return { lambda, idleLambda, codeVersion: changed.json<{ codeVersion: string }>().codeVersion };
}

async function makeTasks(
  tenant: Tenant,
  {
    lambda,
    idleLambda,
    idempotencyKey,
    mark,
  }: Pick<World, 'lambda' | 'idleLambda' | 'idempotencyKey'> & { mark: string },
): Promise<World['tasks']> {
  const answer = await tenant.call('POST', '/v1/task', {
    body: { lambdaId: lambda, timeout: 30, inlinePayload: JSON.stringify({ say: mark }) },
    headers: { 'idempotency-key': idempotencyKey },
  });
  const finished = answer.json<{ id: string }>().id;
  const failed = await tenant.issue(lambda, JSON.stringify({ throw: `${mark} has failed` }));
  const cancelled = await tenant.issue(idleLambda, mark);
  await tenant.call('DELETE', `/v1/task/${cancelled}`);
  const endless = { progress: 7, sleepMs: 110_000, say: mark };
  const running = await tenant.issue(lambda, JSON.stringify(endless), 120);
  await Promise.all([finished, failed].map((id) => tenant.result(id)));
  await eventually(async () => {
    const { state, version } = await tenant.task(running);
    // Issued, assigned, running, 7 %: from here on it says nothing more.
    if (state !== 'running' || version < 4) throw new Error(`it is ${state}, version ${version}`);
  });
  // A task is read no older than it was seen, but counts and lists may lag behind it.
  await eventually(async () => {
    const { runningTasks, completedTasks } = (
      await tenant.call('GET', '/v1/metrics')
    ).json<Counts>();
    return runningTasks === 1 && completedTasks === 3;
  });
  return { finished, failed, cancelled, running };
}

interface Counts {
  readonly runningTasks: number;
  readonly completedTasks: number;
}

async function cursorOf(tenant: Tenant, path: string): Promise<string> {
  return eventually(async () => {
    const { link } = (await tenant.call('GET', path)).headers;
    return /[?&]cursor=([^&>]+)/.exec(String(link))?.[1] ?? false;
  });
}

async function viewOf(tenant: Tenant, lambdas: readonly string[], tasks: readonly string[]) {
  const paths = [
    '/v1/task/list?limit=1000',
    '/v1/lambda/list?limit=1000',
    '/v1/node/list',
    '/v1/metrics',
    ...lambdas.map((id) => `/v1/lambda/${id}`),
    ...tasks.flatMap((id) => [`/v1/task/${id}`, `/v1/task/${id}/history`, `/v1/task/${id}/result`]),
  ];
  const answers = await Promise.all(paths.map((path) => tenant.call('GET', path)));
  return answers.map(({ status, text }, i) => [paths[i], status, steady(text)]);
}

/** Without what changes by itself: ids of requests, and how many nodes of anybody are free. */
function steady(text: string): string {
  return text
    .replace(/"requestId":"[^"]*"/, '')
    .replaceAll(/"(activeNodes|freeNodes|busyNodes)":\d+/g, '');
}

/** The words of the list that an answer holds, in its body or in its headers. */
export function leaksIn(
  answer: Pick<Answer, 'headers' | 'text'>,
  secrets: readonly string[],
): string[] {
  const said = `${JSON.stringify(answer.headers)}\n${answer.text}`.toLowerCase();
  return secrets.filter((secret) => said.includes(secret.toLowerCase()));
}
