import { execFile } from 'node:child_process';
import { chown, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

export interface BackupPlace {
  readonly databaseUrl: string;
  /** The cluster of the server, and a folder beside it that is made anew. */
  readonly cluster: string;
  readonly copy: string;
}

/**
 * A base backup of a server at work, as pg_basebackup makes one, by its own low-level protocol: the
 * embedded Postgres comes without client programs. What has committed when `onStopped` is called is
 * in it; of what commits later, only what the copy of the log still meets.
 */
export async function takeBaseBackup(
  { databaseUrl, cluster, copy }: BackupPlace,
  onStopped: () => void,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('e2e', fast => true)`);
    await copyFolder(cluster, copy);
    const { rows } = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(wait_for_archive => false)',
    );
    onStopped();
    const label = join(copy, 'backup_label');
    await writeFile(label, rows[0]?.labelfile ?? '');
    const { uid, gid } = await stat(copy);
    await chown(label, uid, gid);
  } finally {
    await client.end();
  }
  // The log up to the stop: without an archive it comes from the server's own folder.
  await rm(join(copy, 'pg_wal'), { recursive: true });
  await copyFolder(join(cluster, 'pg_wal'), join(copy, 'pg_wal'));
  await rm(join(copy, 'postmaster.pid'), { force: true });
}

/** Puts the copy in the place of a cluster whose server has ended; the copy stays. */
export async function restoreBaseBackup({ cluster, copy }: BackupPlace): Promise<void> {
  await rename(cluster, `${cluster}.lost`);
  await copyFolder(copy, cluster);
  await rm(`${cluster}.lost`, { recursive: true });
}

/** `cp -a` keeps the owner, which is another one where root runs the tests. */
async function copyFolder(from: string, to: string): Promise<void> {
  try {
    await run('cp', ['-a', from, to]);
  } catch (error) {
    // A server at work removes files meanwhile; recovery knows.
    const lines = String((error as { stderr?: string }).stderr)
      .trim()
      .split('\n');
    if (!lines.every((line) => line.includes('No such file or directory'))) throw error;
  }
}
