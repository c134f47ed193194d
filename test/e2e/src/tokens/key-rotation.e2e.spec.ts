import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, temporaryFolder } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { startReplica } from '../own-processes.ts';
import { expectProblem } from '../problem.ts';
import { useSharedStack } from '../shared/shared-stack.ts';
import { type IssuerKey, issuerKey, startKeyServer } from './issuer.ts';

const stack = useSharedStack();

describe('5: keys come and go without a restart', { timeout: 60_000 }, () => {
  const startEdge = (keys: string) =>
    startReplica(stack(), 'edge', { GC_JWKS: keys, GC_TOKEN_ALGORITHMS: 'ES256' });

  const statusOf = (edge: { ready: { http?: string } }) => async (key: IssuerKey) =>
    (
      await stack()
        .client(await key.token(), edge.ready.http)
        .call('GET', '/v1/task/list')
    ).status;

  it('from a URL: new keys are found, old ones are forgotten, an issuer that is away is outlived', async () => {
    const [first, second] = [await issuerKey('first'), await issuerKey('second')];
    await using keys = await startKeyServer(first);
    await using edge = await startEdge(keys.url);
    const status = statusOf(edge);
    const early = await first.token();
    const withEarly = () => stack().client(early, edge.ready.http).call('GET', '/v1/task/list');

    expect([await status(first), (await withEarly()).status]).toEqual([200, 200]);
    keys.publish(second);
    expect(await status(second)).toBe(200);
    expect(await status(first)).toBe(401);
    // It was good before, and is not remembered as good.
    expectProblem(await withEarly(), 401, 'NEEDS_LOGIN');

    for (const state of ['failing', 'hanging'] as const) {
      keys.state = state;
      expect(await status(second)).toBe(200);
      expect(await status(await issuerKey('third'))).toBe(401);
      expect(await status(second)).toBe(200);
    }
  });

  it('from a URL that is away at the start: 503 and not ready, and all well once it is there', async () => {
    const key = await issuerKey('late');
    await using keys = await startKeyServer(key);
    keys.state = 'failing';
    await using edge = await startEdge(keys.url);
    const client = stack().client(await key.token(), edge.ready.http);
    const readiness = async () => (await fetch(`${edge.ready.admin}/readyz`)).status;

    const answer = await client.call('GET', '/v1/task/list');
    expectProblem(answer, 503, 'UNAVAILABLE');
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(await readiness()).toBe(503);

    keys.state = 'up';
    await eventually(async () => expect(await readiness()).toBe(200));
    expect((await client.call('GET', '/v1/task/list')).status).toBe(200);
  });

  it('from a file that is written anew', async () => {
    const folder = await temporaryFolder('jwks');
    const file = join(folder.path, 'jwks.json');
    const publish = ({ publicJwk }: IssuerKey) =>
      writeFile(file, JSON.stringify({ keys: [publicJwk] }));
    const [first, second] = [await issuerKey('first'), await issuerKey('second')];
    await publish(first);
    await using edge = await startEdge(file);
    const status = statusOf(edge);

    expect([await status(first), await status(second)]).toEqual([200, 401]);
    await publish(second);
    await eventually(async () => expect(await status(second)).toBe(200));
    expect(await status(first)).toBe(401);
    // Half a file keeps the keys that were good.
    await writeFile(file, '{"keys": [');
    expect(await status(second)).toBe(200);
    await folder.remove();
  });
});
