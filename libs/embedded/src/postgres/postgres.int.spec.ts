import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  commandLine,
  createDatabase,
  type Postgres,
  type PostgresOptions,
  startPostgres,
} from '../index.ts';

let dataDir: string;
const started: Postgres[] = [];

// mkdtemp makes the folder 0700: as root, these tests also prove the way into a closed folder.
beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'greencloud-embedded-')), 'postgres');
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((postgres) => postgres.stop()));
  await rm(join(dataDir, '..'), { recursive: true, force: true });
});

async function start(options: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, durable: 'off', ...options });
  started.push(postgres);
  return postgres;
}

async function query(postgres: Postgres, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

it('keeps every row and its password over a restart on the same folder', async () => {
  const first = await start();
  await query(first, "create table notes as select 'kept' as note");
  await first.stop();

  const second = await start({ port: first.port });

  expect(second.url).toBe(first.url);
  expect(await query(second, 'select note from notes')).toEqual([['kept']]);
});

it('starts again at once after kill -9', async () => {
  const first = await start();
  await query(first, "create table notes as select 'kept' as note");
  first.kill('SIGKILL');
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

  const second = await start({ port: first.port });

  expect(await query(second, 'select note from notes')).toEqual([['kept']]);
});

it('ends a server that an earlier run left on the folder', async () => {
  const lines: string[] = [];
  const left = await start();

  const next = await start({ onStep: (line) => lines.push(line) });

  expect(await left.exited).toEqual({ code: 0, signal: null });
  expect(await commandLine(left.pid)).toBe('gone');
  expect(lines).toContain(`ended a left-over Postgres of this folder (pid ${left.pid})`);
  expect(await query(next, 'select 1')).toEqual([[1]]);
});

it('keeps fsync on unless told otherwise', async () => {
  const durable = await start({ durable: 'on' });
  expect(await query(durable, 'show fsync')).toEqual([['on']]);
  await durable.stop();
  expect(await query(await start({ durable: 'off' }), 'show fsync')).toEqual([['off']]);
});

it('listens on loopback only and asks for the password', async () => {
  const postgres = await start();
  expect(await query(postgres, 'show listen_addresses')).toEqual([['127.0.0.1']]);
  expect(await query(postgres, 'show unix_socket_directories')).toEqual([['']]);

  const url = new URL(postgres.url);
  url.password = 'guess';
  await expect(query({ ...postgres, url: url.href }, 'select 1')).rejects.toThrow(
    'password authentication failed',
  );
});

it('keeps the password in a file that only its owner can read', async () => {
  await start();
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
});

it('makes a database once', async () => {
  const postgres = await start();
  const url = await createDatabase(postgres.url, 'greencloud');
  expect(await createDatabase(postgres.url, 'greencloud')).toBe(url);
  expect(await query({ ...postgres, url }, 'select current_database()')).toEqual([['greencloud']]);
});
