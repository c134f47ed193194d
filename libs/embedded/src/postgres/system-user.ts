import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { OnLine } from '../process/lines.ts';

const run = promisify(execFile);

export type SystemUser = { readonly name: string; readonly uid: number; readonly gid: number };

/** Finds the system user of this name, making it first where there is none. Needs root. */
export async function systemUser(name: string, onStep: OnLine): Promise<SystemUser> {
  const found = await lookUp(name);
  if (found !== undefined) return found;
  onStep(`making the system user "${name}": Postgres refuses to run as root`);
  await run('useradd', ['--system', '--user-group', '--no-create-home', name]);
  const made = await lookUp(name);
  if (made === undefined) throw new Error(`could not make the system user "${name}"`);
  return made;
}

async function lookUp(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** The highest folder on the way to `path` that this user may not walk through, if there is one. */
export async function closedFolder(path: string, user: SystemUser): Promise<string | undefined> {
  const parent = dirname(path);
  if (parent === path) return undefined;
  const above = await closedFolder(parent, user);
  if (above !== undefined) return above;
  return (await maySearch(parent, user)) ? undefined : parent;
}

async function maySearch(folder: string, user: SystemUser): Promise<boolean> {
  const { mode, uid, gid } = await stat(folder);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
