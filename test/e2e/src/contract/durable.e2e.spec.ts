import pg from 'pg';
import { eventually } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Order, impossible, lambdaCode } from '../lambda-code.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

describe('1.1: a 201', () => {
  let tenant: Tenant;
  let lambdaId: string;
  let database: pg.Client;

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('waits', await lambdaCode('obedient'), impossible);
    database = await connected(stack().known.databaseUrl);
  });
  afterAll(() => database?.end().catch(() => {}));

  const issue = () => tenant.issue(lambdaId, JSON.stringify({ say: 'x' } satisfies Order));

  async function listed(): Promise<string[]> {
    const list = await tenant.call('GET', '/v1/task/list?limit=1000');
    return list.json<{ id: string }[]>().map(({ id }) => id);
  }

  it('is followed by no 404 of its id, however far the projection lags', async () => {
    const before = await issue();
    await eventually(async () => expect(await listed()).toEqual([before]));
    await database.query('begin');
    await database.query(`lock table ${await viewsOf(database)} in exclusive mode`);
    const held = await issue();
    const answers = await Promise.all(
      ['', '/history', '/result'].map((part) => tenant.call('GET', `/v1/task/${held}${part}`)),
    );
    const during = await listed();
    await database.query('rollback');

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(answers[2]?.json()).toMatchObject({ code: 'RESULT_NOT_READY' });
    // The control: the views did stand still.
    expect(during).toEqual([before]);
    await eventually(async () => expect(await listed()).toEqual([held, before]));
  });

  it('is durable: the log’s database writes through before it answers', async () => {
    const settings = await database.query<{ fsync: string; full_page_writes: string }>(
      "select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes",
    );
    expect(settings.rows).toEqual([{ fsync: 'on', full_page_writes: 'on' }]);
  });

  it.each(['task-command', 'postgres'])(
    'outlives the death of %s right after it',
    async (service) => {
      const ids = await Promise.all(Array.from({ length: 30 }, issue));
      const killed = await stack().kill(service);
      await killed.restarted();
      const answers = await Promise.all(
        ids.map((id) => eventually(async () => seen(await tenant.call('GET', `/v1/task/${id}`)))),
      );
      expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
    },
  );
});

/** 503 while the killed one comes back is no answer; any other is. */
function seen(answer: { readonly status: number }) {
  return answer.status === 503 ? false : answer;
}

async function connected(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // One of the tests kills the server.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The projection's tables of tasks, in whatever form they have now. */
async function viewsOf(database: pg.Client): Promise<string> {
  const { rows } = await database.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'projection'",
  );
  return rows.map(({ name }) => name).join(', ');
}
