import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept for every stack of this user: `XDG_CACHE_HOME`, else `~/.cache`. */
export function userCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_CACHE_HOME'] ?? '';
  return join(base === '' ? join(homedir(), '.cache') : base, 'greencloud');
}
