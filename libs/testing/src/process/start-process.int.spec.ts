import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProcess, startProcess } from './start-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('process');
});
afterAll(() => folder.remove());

async function program(name: string, text: string): Promise<string> {
  const entry = join(folder.path, `${name}.ts`);
  await writeFile(entry, text);
  return entry;
}

const SERVICE = `
  process.send?.({ type: 'ready', grpc: process.env['ADDRESS'] as string });
  process.on('SIGTERM', () => process.exit(0));
`;

it('gives what the service said when it was ready', async () => {
  const entry = await program('service', SERVICE);
  await using service = await startProcess({ entry, env: { ADDRESS: '127.0.0.1:1' } });
  expect(service.ready).toEqual({ type: 'ready', grpc: '127.0.0.1:1' });
});

it('ends it by SIGTERM or by the signal asked for', async () => {
  const entry = await program('service', SERVICE);
  const obeying = await startProcess({ entry, env: { ADDRESS: '-' } });
  const killed = await startProcess({ entry, env: { ADDRESS: '-' } });
  expect(await obeying.stop()).toEqual({ code: 0, signal: null });
  expect(await killed.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
});

it('throws with its output when it ends before it is ready', async () => {
  const entry = await program('broken', "console.log('no database'); process.exit(3);");
  await expect(startProcess({ entry })).rejects.toThrow(/"code":3.*\n.*no database/);
});

it('hides the environment of the tests', async () => {
  process.env['GC_SECRET_OF_THE_TESTS'] = 'x';
  const entry = await program('env', 'console.log(Object.keys(process.env).join())');
  const { code, output } = await runProcess({ entry, args: [], env: { GIVEN: '1' } });
  delete process.env['GC_SECRET_OF_THE_TESTS'];
  expect(code).toBe(0);
  expect(output).toContain('GIVEN');
  expect(output).not.toContain('GC_SECRET_OF_THE_TESTS');
});
