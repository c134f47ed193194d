import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findBwrap } from './find-bwrap.ts';

const refuses = async () => ({ kind: 'not-possible', reason: 'not running as root' }) as const;
const onStep = () => undefined;

async function folderWithBwrap(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'greencloud-bwrap-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'bwrap'), script);
  await chmod(join(folder, 'bwrap'), 0o755);
  return folder;
}

it('takes a program that makes a sandbox', async () => {
  const folder = await folderWithBwrap('#!/bin/sh\nexit 0\n');
  const found = await findBwrap({ env: { PATH: folder }, onStep }, { install: refuses });
  expect(found).toEqual({ kind: 'works', path: join(folder, 'bwrap') });
});

it('calls a program absent that the system lets make no sandbox', async () => {
  const folder = await folderWithBwrap(
    '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
  );
  const found = await findBwrap({ env: { PATH: folder }, onStep }, { install: refuses });
  expect(found).toMatchObject({
    kind: 'absent',
    reason: expect.stringContaining('No permissions to create new namespace'),
  });
});

it('says why there is none', async () => {
  const sources = { systemFolders: [], install: refuses };
  expect(await findBwrap({ env: {}, onStep }, sources)).toEqual({
    kind: 'absent',
    reason: 'bwrap is not on PATH, and it was not installed: not running as root',
  });
});
