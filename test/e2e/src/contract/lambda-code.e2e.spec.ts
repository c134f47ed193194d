import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../problem.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();
const MIB = 1_024 * 1_024;

describe('2: PUT /v1/lambda/{id}/code', () => {
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await stack().tenant();
  });

  const made = async (change: object = {}) => {
    const body = { name: 'least', lang: 'js', type: 'module', ...change };
    return (await tenant.call('POST', '/v1/lambda', { body })).json<{ id: string }>().id;
  };
  const put = (id: string, raw: string | Buffer, type = 'text/javascript') =>
    tenant.call('PUT', `/v1/lambda/${id}/code`, { raw, headers: { 'content-type': type } });
  const currentVersion = async (id: string) =>
    (await tenant.call('GET', `/v1/lambda/${id}`)).json<{ codeVersion: string }>().codeVersion;

  it('is 204, each upload an immutable version', async () => {
    const id = await made();
    const versions: string[] = [];
    for (const say of ['one', 'two', 'one']) {
      expect((await put(id, `export default () => "${say}"`)).status).toBe(204);
      versions.push(await currentVersion(id));
    }
    expect(new Set(versions).size).toBe(3);
  });

  it('a task runs the version that was current when it was issued', async () => {
    const sleeper = await tenant.createLambda(
      'sleeper',
      'export default () => new Promise((r) => setTimeout(r, 1500))',
    );
    const id = await tenant.createLambda('changing', 'export default () => "old"');
    // All eight slots are taken, so that the task waits while the code changes.
    const sleepers = await Promise.all(Array.from({ length: 8 }, () => tenant.issue(sleeper, '')));
    const before = await tenant.issue(id, '');
    await put(id, 'export default () => "new"');
    const after = await tenant.issue(id, '');
    const { state } = await tenant.task(before);
    const results = await Promise.all([before, after].map((task) => tenant.result(task)));
    expect(state).toBe('issued');
    expect(results.map(({ text }) => text)).toEqual(['old', 'new']);
    await Promise.all(sleepers.map((task) => tenant.result(task)));
  });

  it.each([
    ['a brace too few', 'export default () => {\n\n', 3],
    ['a stray word', '\n\nexport default () => 1;\nlet let = 2;', 4],
  ])('a module that does not parse is refused with its line: %s', async (_, code, line) => {
    const problem = expectProblem(await put(await made(), code), 422, 'VALIDATION_FAILED');
    expect(`${problem.detail} ${problem.errors?.[0]?.detail}`).toMatch(
      new RegExp(`line ${line}\\b`),
    );
  });

  it('a module without a default export is refused', async () => {
    expectProblem(await put(await made(), 'export const x = 1;'), 422, 'VALIDATION_FAILED');
  });

  it('takes 1 MiB and no more: 413', async () => {
    const id = await made();
    const head = 'export default () => 1; //';
    expect((await put(id, head.padEnd(MIB, 'x'))).status).toBe(204);
    expectProblem(await put(id, head.padEnd(MIB + 1, 'x')), 413, 'PAYLOAD_TOO_LARGE');
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data'])(
    'is text/javascript: 415 for %s',
    async (type) => {
      const answer = await put(await made(), 'export default () => 1', type);
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it.each([{ type: 'docker' }, { lang: 'py' }])(
    'is for modules in js: not for %j',
    async (change) => {
      const answer = await put(await made(change), 'export default () => 1');
      expect([409, 422]).toContain(answer.status);
      expectProblem(answer, answer.status, answer.json<{ code: string }>().code);
    },
  );
});
