import { startPostgres } from '@greencloud/embedded';
import { temporaryFolder } from '@greencloud/testing';
import { Client } from 'pg';

export type PostgresServer = AsyncDisposable & { readonly pid: number; readonly url: string };

/** Starts a Postgres like the one of our own stack, durable, on a folder that goes with it. */
export async function startDurablePostgres(): Promise<PostgresServer> {
  await using starting = new AsyncDisposableStack();
  const folder = await temporaryFolder('bench-postgres');
  starting.defer(() => folder.remove());
  const postgres = await startPostgres({ dataDir: folder.path, durable: 'on' });
  starting.defer(() => postgres.stop());
  await requireDurable(postgres.url);

  const started = starting.move();
  return {
    pid: postgres.pid,
    url: postgres.url,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Throws unless a commit is on the disk when it is answered: nothing is measured without. */
export async function requireDurable(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const { rows } = await client.query<Record<string, string>>(`show ${setting}`);
      if (rows[0]?.[setting] !== 'on') throw new Error(`Postgres runs with ${setting} off`);
    }
  } finally {
    await client.end();
  }
}
