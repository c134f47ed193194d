import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestProcess } from '@greencloud/testing';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { startReplica } from '../own-processes.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

describe('HEAD and OPTIONS', () => {
  let tenant: Tenant;
  let paths: Record<string, string>;

  beforeAll(async () => {
    tenant = await stack().tenant();
    const lambdaId = await tenant.createLambda('never', await lambdaCode('echo'), impossible);
    const id = await tenant.issue(lambdaId, '');
    await tenant.call('DELETE', `/v1/task/${id}`);
    paths = {
      task: `/v1/task/${id}`,
      list: '/v1/task/list',
      history: `/v1/task/${id}/history`,
      watch: `/v1/task/${id}/watch`,
      'a result that is a problem': `/v1/task/${id}/result`,
      lambda: `/v1/lambda/${lambdaId}`,
      lambdas: '/v1/lambda/list',
      nodes: '/v1/node/list',
      metrics: '/v1/metrics',
      'no route': '/v1/nothing',
    };
  });

  it.each([
    'task',
    'list',
    'history',
    'watch',
    'a result that is a problem',
    'lambda',
    'lambdas',
    'nodes',
    'metrics',
    'no route',
  ])('HEAD answers like GET, without a body: %s', async (name) => {
    const path = paths[name] ?? '';
    const [head, get] = [await tenant.call('HEAD', path), await tenant.call('GET', path)];
    expect({ status: head.status, text: head.text }).toEqual({ status: get.status, text: '' });
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    expect(head.headers['etag']).toBe(get.headers['etag']);
  });

  it('HEAD needs a token as GET does', async () => {
    const answer = await stack().client('').call('HEAD', '/v1/task/list');
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 401, text: '' });
  });

  it('HEAD of what can only be changed is 405', async () => {
    expect((await tenant.call('HEAD', '/v1/task')).status).toBe(405);
  });

  it.each([
    ['/v1/task', 'OPTIONS, POST'],
    ['/v1/task/list', 'GET, HEAD, OPTIONS'],
    ['/v1/task/64058fee9956fae80d7e0e8e', 'DELETE, GET, HEAD, OPTIONS'],
    ['/v1/lambda/64058fee9956fae80d7e0e8e', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['/v1/lambda/64058fee9956fae80d7e0e8e/capabilities', 'GET, HEAD, OPTIONS, POST'],
  ])('OPTIONS %s says Allow: %s, also without a token', async (path, allow) => {
    const answer = await stack().client('').call('OPTIONS', path);
    expect([200, 204]).toContain(answer.status);
    expect(answer.headers['allow']).toBe(allow);
    expect(answer.text).toBe('');
  });

  it('OPTIONS of no route is 404', async () => {
    expect((await tenant.call('OPTIONS', '/v1/nothing')).status).toBe(404);
  });

  it.each(['TRACE', 'PROPFIND', 'LINK'])('%s is refused', async (method) => {
    const answer = await tenant.call(method, '/v1/task/list');
    expect([405, 501]).toContain(answer.status);
  });

  describe('pages of other origins', () => {
    let edge: TestProcess;
    const origin = 'https://console.example.org';
    const preflight = { 'access-control-request-method': 'POST' };

    beforeAll(async () => {
      edge = await startReplica(stack(), 'edge', { GC_CORS_ORIGINS: origin });
    }, 60_000);
    afterAll(() => edge?.stop());

    const ask = (headers: Record<string, string>, url?: string) =>
      stack().client('', url).call('OPTIONS', '/v1/task', { headers });

    it('get no leave by default', async () => {
      const answer = await ask({ origin, ...preflight });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    });

    it('get leave where the configuration names them, and no others do', async () => {
      const named = await ask({ origin, ...preflight }, edge.ready.http);
      expect(named.status).toBe(204);
      expect(named.headers['access-control-allow-origin']).toBe(origin);
      const other = await ask({ origin: 'https://evil.example', ...preflight }, edge.ready.http);
      expect(other.headers['access-control-allow-origin'] ?? '').not.toContain('evil');
    });
  });
});
