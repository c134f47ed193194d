import { readFile, rename, writeFile } from 'node:fs/promises';

/** How far a consumer has come in each partition, kept in a file. */
export interface Positions {
  /** 0: nothing yet. */
  of(partition: number): bigint;
  note(partition: number, position: bigint): Promise<void>;
}

export async function openPositions(path: string): Promise<Positions> {
  const positions = new Map(Object.entries(await readPositions(path)));
  let written = Promise.resolve();
  return {
    of: (partition) => BigInt(positions.get(String(partition)) ?? '0'),
    note(partition, position) {
      positions.set(String(partition), String(position));
      // One write after the other: partitions share the file.
      written = written.then(() => replace(path, JSON.stringify(Object.fromEntries(positions))));
      return written;
    },
  };
}

async function readPositions(path: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** By a rename: a kill leaves the old file or the new one, never half of one. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
