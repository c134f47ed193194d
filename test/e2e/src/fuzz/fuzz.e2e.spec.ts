import { eventually } from '@greencloud/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../client.ts';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { type ApiDocument, readDocument } from '../openapi.ts';
import { enrol } from '../own-processes.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';
import { type Judge, judgeOf } from './documented.ts';
import { mutated } from './mutations.ts';
import { type FuzzRequest, type KnownIds, targetOf, validRequests } from './requests.ts';

const stack = useSharedStack();
const runs = Number(process.env['GC_FUZZ_RUNS'] ?? 1_000);
const seed = Number(process.env['GC_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe(`${runs} requests made of the API document (seed ${seed})`, { timeout: 600_000 }, () => {
  let tenant: Tenant;
  let document: ApiDocument;
  let judge: Judge;
  let ids: KnownIds;
  const seen = new Map<string, number>();

  beforeAll(async () => {
    tenant = await stack().tenant();
    document = await readDocument(stack().known.edgeUrl);
    judge = judgeOf(document);
    ids = await knownIds(tenant);
  });

  async function send(request: FuzzRequest): Promise<Answer> {
    const { method, headers, body } = request;
    const raw = body === undefined ? {} : { raw: body };
    const answer = await tenant.call(method, targetOf(request), { headers, ...raw });
    seen.set(String(answer.status), (seen.get(String(answer.status)) ?? 0) + 1);
    return answer;
  }

  const check = (requests: fc.Arbitrary<FuzzRequest>, verdict: Verdict) =>
    fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const answer = await send(request);
        const complaint =
          judge(request.method, request.operation.path, answer) ?? verdict(request, answer);
        if (complaint !== undefined) throw new Error(`${complaint}\n${told(request, answer)}`);
      }),
      { numRuns: runs / 2, seed, endOnFailure: false, asyncReporter: report },
    );

  it('that it allows: no 5xx, every answer as documented, none refused as invalid', async () => {
    await check(validRequests(document, ids), isNotRefused);
  });

  it('that were mutated: no 5xx, every answer as documented', async () => {
    await check(mutated(validRequests(document, ids)), () => undefined);
  });

  it('reached every documented kind of answer that a request alone can bring about', () => {
    console.log(`answers by status: ${JSON.stringify(Object.fromEntries(seen))}`);
    const common = ['200', '201', '204', '400', '401', '404', '405', '406', '413', '415', '422'];
    expect([...seen.keys()]).toEqual(expect.arrayContaining(common));
  });
});

/** The complaint says what was sent: fast-check would print the operation's part of the document. */
async function report<T>({ failed, seed, errorInstance }: fc.RunDetails<T>): Promise<void> {
  if (failed) throw new Error(`GC_FUZZ_SEED=${seed}`, { cause: errorInstance });
}

type Verdict = (request: FuzzRequest, answer: Answer) => string | undefined;

const refusals = [400, 401, 403, 405, 406, 413, 415, 422];
// A cursor of the right form that no list gave; a key that stands for another task.
const legitimate = ['INVALID_CURSOR', 'IDEMPOTENCY_KEY_REUSED'];

const isNotRefused: Verdict = (_, { status, text }) => {
  if (!refusals.includes(status)) return undefined;
  const { code } = JSON.parse(text) as { code: string };
  return legitimate.includes(code) ? undefined : `it is allowed, and refused as ${status} ${code}`;
};

function told(request: FuzzRequest, { status, text }: Answer): string {
  const { method, headers, body, mutations } = request;
  const sent = { method, target: targetOf(request), headers, body: body?.slice(0, 500), mutations };
  return `${JSON.stringify(sent, null, 1)}\n→ ${status} ${text.slice(0, 1_000)}`;
}

/** Tasks that have succeeded only: 5xx would be the right answer of others' results. */
async function knownIds(tenant: Tenant): Promise<KnownIds> {
  const code = await lambdaCode('obedient');
  const lambdas = await Promise.all([
    tenant.createLambda('works', code),
    tenant.createLambda('never', code, impossible),
  ]);
  const orders = ['{"say":"x"}', '{"json":{"a":1}}', '{"response":{"status":404,"text":"x"}}'];
  const tasks = await Promise.all(orders.map((order) => tenant.issue(lambdas[0] ?? '', order)));
  await Promise.all(tasks.map((id) => tenant.result(id)));
  const { node } = await eventually(() => tenant.task(tasks[0] ?? ''));
  const { hash } = await enrol(tenant);
  return { taskId: tasks, lambdaId: lambdas, hash: [hash], node: [node] };
}
