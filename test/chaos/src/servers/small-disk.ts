import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '@greencloud/testing';

const run = promisify(execFile);

/** A file system of its own that can be filled to the last block without touching anybody else's. */
export type SmallDisk = {
  readonly kind: 'mounted';
  readonly path: string;
  fill(): Promise<void>;
  free(): Promise<void>;
  close(): Promise<void>;
};

export type NoDisk = { readonly kind: 'none'; readonly whyNot: string };

// Sparse: it takes of the machine's disk what is written to it. Two checkpoints of WAL need most.
const BYTES = 3 * 1024 ** 3;

/** An ext4 in a file, mounted by a loop device: needs Linux and root. Else it says why not. */
export async function openSmallDisk(): Promise<SmallDisk | NoDisk> {
  const folder = await temporaryFolder('disk');
  const path = join(folder.path, 'mounted');
  try {
    await mount(join(folder.path, 'image'), path);
  } catch (error) {
    await folder.remove();
    return { kind: 'none', whyNot: ownWords(error) };
  }
  const keeper = keep(folder.path, path);
  const ballast = join(path, 'ballast');
  return {
    kind: 'mounted',
    path,
    fill: () => fill(path, ballast),
    free: () => rm(ballast, { force: true }),
    close: async () => {
      keeper.stdin?.end();
      if (keeper.exitCode === null) await once(keeper, 'exit');
    },
  };
}

async function mount(image: string, path: string): Promise<void> {
  await writeFile(image, '');
  await truncate(image, BYTES);
  // No blocks are kept for root: its own servers are to meet the end of the disk too.
  await run('mkfs.ext4', ['-q', '-m', '0', image]);
  await mkdir(path);
  await run('mount', ['-o', 'loop', image, path]);
  // Postgres may run as another user.
  await chmod(path, 0o711);
}

/**
 * A shell that takes the mount away when we close our end of its pipe, or are killed: a mount is
 * left by nobody's end. Lazily, since a server may still be on its way out.
 */
function keep(folder: string, path: string): ChildProcess {
  const script = 'read -r _; umount -l "$1" && rm -rf "$2"';
  return spawn('/bin/sh', ['-c', script, 'keeper', path, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
}

/** `fallocate` takes blocks without writing them: a full disk in milliseconds. */
async function fill(path: string, ballast: string): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const step = Math.max(1, Math.ceil(bavail / 1_000));
  for (let blocks = bavail; blocks > 0; blocks -= step) {
    try {
      await run('fallocate', ['-l', String(blocks * bsize), ballast]);
      return;
    } catch {
      // The file's own map needs blocks too: a little less.
    }
  }
}

/** A program's own words begin below how it was called. */
function ownWords(error: unknown): string {
  const [first = '', second] = (error instanceof Error ? error.message : String(error)).split('\n');
  return (second ?? first).trim();
}
