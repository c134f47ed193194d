import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startTime } from '@greencloud/embedded';
import { expect, it } from 'vitest';
import { writeAtomically } from '../atomic-file.ts';
import { testFolder } from './fixtures/folder.ts';
import { claimFolder } from './folder-lock.ts';

it('refuses a folder on which another supervisor runs, until that ends', async () => {
  const folder = await testFolder();
  const other = spawn('sleep', ['60']);
  const pid = other.pid ?? 0;
  const claim = { pid, startedAt: await startTime(pid) };
  await writeAtomically(join(folder, 'supervisor.json'), JSON.stringify(claim));

  await expect(claimFolder(folder)).rejects.toThrow(`another stack runs on ${folder} (pid ${pid})`);

  other.kill();
  await once(other, 'exit');
  await claimFolder(folder);
});
