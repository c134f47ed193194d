import { closedFolder, type SystemUser, systemUser } from './system-user.ts';
import type { OnLine } from '../process/lines.ts';
import { findOnPath } from '../programs/find-on-path.ts';

type Wrapped = {
  readonly command: string;
  readonly args: string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
};

/** As whom the server runs, and how a command is started as that user. */
export type PostgresIdentity = {
  readonly user: SystemUser | 'self';
  wrap(command: string, args: readonly string[]): Wrapped;
};

/**
 * Postgres refuses to run as root, so root starts it as the system user `postgres`. That user has
 * to walk through every folder above `paths`. Where one is closed to it (a home folder, `mktemp -d`)
 * it is given the one capability that allows just this, instead of opening the folder to everybody.
 */
export async function postgresIdentity(
  paths: readonly string[],
  onStep: OnLine,
): Promise<PostgresIdentity> {
  if (process.getuid?.() !== 0) return { user: 'self', wrap: plain({}) };
  const user = await systemUser('postgres', onStep);
  const ids = { uid: user.uid, gid: user.gid };
  const closed = await firstClosed(paths, user);
  if (closed === undefined) return { user, wrap: plain(ids) };
  const setpriv = await findOnPath('setpriv');
  if (setpriv === undefined) throw closedError(closed);
  onStep(`${closed} is closed to the user "postgres": starting it with CAP_DAC_READ_SEARCH`);
  return { user, wrap: withSearchRight(setpriv, user) };
}

function plain(ids: Wrapped['ids']): PostgresIdentity['wrap'] {
  return (command, args) => ({ command, args: [...args], ids });
}

function withSearchRight(setpriv: string, user: SystemUser): PostgresIdentity['wrap'] {
  const rights = ['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'];
  const who = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  return (command, args) => ({
    command: setpriv,
    args: [...who, ...rights, command, ...args],
    ids: {},
  });
}

async function firstClosed(
  paths: readonly string[],
  user: SystemUser,
): Promise<string | undefined> {
  for (const path of paths) {
    const folder = await closedFolder(path, user);
    if (folder !== undefined) return folder;
  }
  return undefined;
}

function closedError(folder: string): Error {
  return new Error(
    `Postgres runs as the system user "postgres", which may not walk through ${folder}. ` +
      `Choose another folder (GC_DATA_DIR), or allow it with: chmod o+x ${folder}`,
  );
}
