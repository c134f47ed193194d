import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An answer comes within a second where the network is open; a closed one must not cost more. */
const ANSWER_LIMIT_MS = 5_000;
/** 6 MB over 1 Mbit/s. */
const BODY_LIMIT_MS = 60_000;

/** Gets a file over HTTP. Throws with the reason when there is no answer in 5 s. */
export async function fetchArchive(url: string): Promise<Buffer> {
  const abort = new AbortController();
  const giveUp = () => abort.abort(new Error('no answer in time'));
  let timer = setTimeout(giveUp, ANSWER_LIMIT_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    clearTimeout(timer);
    timer = setTimeout(giveUp, BODY_LIMIT_MS);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new Error(`${url} could not be downloaded (${reasonOf(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Unpacks one member of a .tar.gz into the folder, under its own name. */
export async function unpackFile(archive: Buffer, member: string, folder: string): Promise<string> {
  const file = join(folder, 'archive.tar.gz');
  await writeFile(file, archive);
  await run('tar', ['-xzf', file, '-C', folder, '--strip-components=1', member]);
  await rm(file);
  return join(folder, basename(member));
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `fetch` hides what happened ("getaddrinfo ENOTFOUND …") in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
