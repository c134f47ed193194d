import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from './fixtures/folder.ts';
import { trimLogs } from './trim-logs.ts';

it('moves a large log aside under a process that goes on writing', async () => {
  const folder = await testFolder();
  const file = join(folder, 'edge.log');
  await using log = await open(file, 'a');
  await log.write('a long first part\n');

  await trimLogs(folder, 10);
  await log.write('next\n');

  expect(await readFile(`${file}.1`, 'utf8')).toBe('a long first part\n');
  expect(await readFile(file, 'utf8')).toBe('next\n');
});

it('leaves a small log as it is', async () => {
  const folder = await testFolder();
  await writeFile(join(folder, 'edge.log'), 'short\n');
  await trimLogs(folder, 10);
  expect(await readFile(join(folder, 'edge.log'), 'utf8')).toBe('short\n');
});
