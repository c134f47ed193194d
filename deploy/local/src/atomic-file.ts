import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * Writes beside and renames: a reader sees the old text or the new one, never half. Readable by
 * its owner only, since most of what we keep holds a secret.
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

/** The text of a file, else `undefined` where there is no file. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The JSON in a file, else `undefined` where there is no file. The caller checks its shape. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  return text === undefined ? undefined : JSON.parse(text);
}
