import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where bubblewrap is: the given path, else the first `bwrap` on PATH. */
export function findBwrap(given: string | undefined, path: string): string | undefined {
  if (given !== undefined) return isExecutable(given) ? given : undefined;
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'bwrap')).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
