import { copyFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** Some 50,000 lines of a service; one older file of each log is kept. */
const LARGEST_BYTES = 10_000_000;
const EVERY_MS = 60_000;

/** Looks each minute after the logs of this folder, until the process ends. */
export function keepLogsSmall(folder: string): void {
  const trimAll = () => void trimLogs(folder, LARGEST_BYTES).catch(() => undefined);
  setInterval(trimAll, EVERY_MS).unref();
}

/**
 * Moves the text of logs over `largest` bytes aside. The file itself stays, since its process
 * appends to it; a line written just between copy and cut is lost.
 */
export async function trimLogs(folder: string, largest: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  await Promise.all(names.map((name) => trim(join(folder, name), largest)));
}

async function trim(file: string, largest: number): Promise<void> {
  if ((await stat(file)).size <= largest) return;
  await copyFile(file, `${file}.1`);
  await truncate(file);
}
