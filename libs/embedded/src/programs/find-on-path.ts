import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Debian puts servers into /usr/sbin, which an ordinary user's PATH often lacks. */
const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin'];

/** Finds a program on the given PATH, then in the system's own folders. */
export async function findOnPath(
  name: string,
  path = '',
  systemFolders: readonly string[] = SYSTEM_FOLDERS,
): Promise<string | undefined> {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, ...systemFolders]) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** Says whether this user may execute the file. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
