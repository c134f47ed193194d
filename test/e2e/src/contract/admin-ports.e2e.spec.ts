import { connect, type Socket } from 'node:net';
import {
  eventually,
  runProcess,
  serviceEntry,
  serviceEnvironment,
  type TestProcess,
} from '@greencloud/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrol, startAgent, startReplica } from '../own-processes.ts';
import { type Relay, relayTo, unusedAddress } from '../relay.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

const services = [
  'edge',
  'task-command',
  'projection',
  'scheduler',
  'lambda-catalog',
  'node-agent-0',
  'node-agent-1',
];

async function ask(url: string | undefined, path: string) {
  const response = await fetch(`${url}${path}`);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

describe('7: the admin port of every service', () => {
  const of = (service: string) => stack().known.admin[service];

  it('is known for every service', () => {
    expect(Object.keys(stack().known.admin).toSorted()).toEqual(services.toSorted());
  });

  it.each(services)('/livez of %s', async (service) => {
    expect((await ask(of(service), '/livez')).status).toBe(200);
  });

  it.each(services)('/readyz of %s', async (service) => {
    expect((await ask(of(service), '/readyz')).status).toBe(200);
  });

  it.each(services)('/metrics of %s (Prometheus)', async (service) => {
    const { status, type, text } = await ask(of(service), '/metrics');
    expect(status).toBe(200);
    expect(type).toMatch(/^text\/plain/);
    expect(text).toMatch(/^# TYPE greencloud_\w+ (counter|gauge|histogram)$/m);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) expect(line).toMatch(/^\w+(\{.*\})? [-+\w.]+( \d+)?$/);
  });

  it.each(services)('nothing else of %s', async (service) => {
    for (const path of ['/', '/debug', '/v1/task/list', '/metrics/../etc/passwd']) {
      expect((await ask(of(service), path)).status).toBe(404);
    }
  });

  describe.concurrent('/readyz is 503', { timeout: 120_000 }, () => {
    let tenant: Tenant;

    beforeAll(async () => {
      tenant = await stack().tenant();
    });

    it('while it starts', async () => {
      const address = await unusedAddress();
      const env = {
        ...(await serviceEnvironment(stack(), 'lambda-catalog')),
        // Nobody listens there, so it waits.
        GC_DATABASE_URL: `postgres://postgres@${await unusedAddress()}/nowhere`,
        GC_GRPC_ADDRESS: '127.0.0.1:0',
        GC_ADMIN_ADDRESS: address,
      };
      const seen = new AbortController();
      const entry = serviceEntry('lambda-catalog');
      const run = runProcess({ entry, env, signal: seen.signal });
      const ready = await eventually(() => ask(`http://${address}`, '/readyz'), {
        timeoutMs: 45_000,
      });
      expect(ready.status).toBe(503);
      expect((await ask(`http://${address}`, '/livez')).status).toBe(200);
      seen.abort();
      await run;
    });

    it('while it drains, and what is in flight is still answered', async () => {
      const edge = await startReplica(stack(), 'edge');
      const open = await halfRequest(edge.ready.http ?? '', tenant.token);
      await eventually(async () => {
        const { text } = await ask(edge.ready.admin, '/metrics');
        expect(text).toMatch(/^greencloud_http_body_bytes [1-9]/m);
      });
      const ended = edge.stop();
      await eventually(async () => {
        expect(await ask(edge.ready.admin, '/readyz')).toMatchObject({
          status: 503,
          text: expect.stringContaining('draining'),
        });
      });
      open.write(`${' '.repeat(9)}}`);
      await eventually(() => expect(open.received()).toMatch(/^HTTP\/1\.1 422 /));
      expect((await ended).code).toBe(0);
    });

    describe('while it is cut off from what it needs, and 200 again afterwards', () => {
      const known = () => stack().known;
      const database = () => new URL(known().databaseUrl);

      async function throughDatabase(service: string): Promise<[TestProcess, Relay]> {
        const relay = await relayTo(database().host);
        const url = Object.assign(database(), { host: relay.address });
        return [await startReplica(stack(), service, { GC_DATABASE_URL: url.href }), relay];
      }

      const cases: Record<string, () => Promise<[TestProcess, Relay]>> = {
        'task-command': () => throughDatabase('task-command'),
        projection: () => throughDatabase('projection'),
        'lambda-catalog': () => throughDatabase('lambda-catalog'),
        scheduler: async () => {
          const relay = await relayTo(known().grpc['task-command'] ?? '');
          const env = { GC_TASK_COMMAND_ADDRESS: relay.address };
          return [await startReplica(stack(), 'scheduler', env), relay];
        },
        'node-agent': async () => {
          const relay = await relayTo(known().nodeDoor);
          const env = { GC_SCHEDULER_ADDRESS: relay.address };
          return [await startAgent(stack(), await enrol(tenant), env), relay];
        },
      };

      it.each(Object.keys(cases))('%s', async (service) => {
        const [process, relay] = (await cases[service]?.()) ?? [];
        if (process === undefined || relay === undefined) throw new Error('no such service');
        await using _ = process;
        await using __ = relay;
        const becomes = (status: number) =>
          eventually(
            async () => expect((await ask(process.ready.admin, '/readyz')).status).toBe(status),
            { timeoutMs: 20_000 },
          );
        await becomes(200);
        await relay.cut();
        await becomes(503);
        expect((await ask(process.ready.admin, '/livez')).status).toBe(200);
        await relay.mend();
        await becomes(200);
      });
    });
  });
});

/** A create whose body is not there yet. */
async function halfRequest(url: string, token: string) {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.write(
    `POST /v1/task HTTP/1.1\r\nhost: x\r\nauthorization: ${token}\r\n` +
      'content-type: application/json\r\ncontent-length: 11\r\n\r\n{',
  );
  return { write: (text: string) => void socket.write(text), received: () => received };
}
