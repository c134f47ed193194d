import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, getuid, pid } from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { attempt, denied, withoutPermissions } from './hostile-lambda-fixtures.ts';
import { answerOf, isolationKinds, placeFor } from './sandbox-fixtures.ts';

const readPasswd = attempt(`return fs.readFileSync('/etc/passwd', 'utf8').split(':')[0]`);
const spawnChild = attempt(
  `return child.spawnSync('/bin/sh', ['-c', 'echo out']).stdout?.toString()`,
);

describe.each(isolationKinds)('a hostile lambda in %s isolation', (kind) => {
  const place = placeFor(kind);

  it('cannot read a file of the system', async () => {
    expect(await answerOf(place, readPasswd)).toEqual(denied);
  });

  it('cannot list the root folder', async () => {
    expect(await answerOf(place, attempt(`return fs.readdirSync('/')`))).toEqual(denied);
  });

  it('cannot start a child process', async () => {
    expect(await answerOf(place, spawnChild)).toEqual(denied);
  });

  it('cannot start a thread', async () => {
    const code = attempt(`new Worker('1', { eval: true }); return 'started'`);
    expect(await answerOf(place, code)).toEqual(denied);
  });

  it('cannot reach the internals that would undo its limits', async () => {
    const code = attempt(`return Object.keys(process.binding('spawn_sync'))`);
    expect(await answerOf(place, code)).toEqual(denied);
  });

  it('cannot load a native addon', async () => {
    const code = attempt(`process.dlopen({ exports: {} }, '/node'); return 'loaded'`);
    expect(await answerOf(place, code)).toEqual({ refused: 'ERR_DLOPEN_DISABLED' });
  });

  it('cannot open the inspector', async () => {
    const code = attempt(`const i = await import('node:inspector'); i.open(0); return i.url()`);
    expect(await answerOf(place, code)).toEqual(denied);
  });

  it('sees nothing of the agent in its environment', async () => {
    expect(env['PATH']).toBeDefined();
    const names = await answerOf(place, attempt(`return Object.keys(process.env)`));
    expect(['TZ', 'PWD', 'OLDPWD', 'SHLVL', '_']).toEqual(
      expect.arrayContaining(names as string[]),
    );
  });

  it('is not root', async () => {
    if (kind === 'process' && getuid?.() !== 0) return;
    expect(await answerOf(place, attempt(`return [process.getuid(), process.getgid()]`))).toEqual([
      65_534, 65_534,
    ]);
  });

  describe('that writes files', () => {
    const file = join(tmpdir(), `greencloud-hostile-${pid}-${kind}`);
    const write = (name: string) =>
      attempt(`fs.writeFileSync(${JSON.stringify(name)}, 'x'); return 'written'`);
    afterEach(() => rmSync(file, { force: true }));

    it('is refused', async () => {
      expect(await answerOf(place, write(file))).toEqual(denied);
      expect(existsSync(file)).toBe(false);
    });

    it('reaches no folder of this machine even without the permission model', async () => {
      const answer = await answerOf(place, write(file), withoutPermissions);
      // The control: a process without the model writes.
      expect(existsSync(file)).toBe(kind === 'process');
      // A namespace has its own /tmp, bounded and gone with it.
      expect(answer).toBe('written');
    });
  });

  if (kind === 'namespace')
    it('sees an empty, read-only, bounded system without the model', async () => {
      const code = attempt(`
      const outcome = (act) => { try { return act() } catch (error) { return error.code } };
      return {
        root: fs.readdirSync('/').sort(), passwd: outcome(() => fs.readFileSync('/etc/passwd')),
        lib: outcome(() => fs.writeFileSync('/lib/x', '')), runner: outcome(() => fs.writeFileSync('/runner/x', '')),
        node: outcome(() => fs.writeFileSync('/node', '')), root2: outcome(() => fs.writeFileSync('/x', '')),
        flood: outcome(() => fs.writeFileSync('/tmp/x', Buffer.alloc(17 * 1024 * 1024))),
        shell: child.spawnSync('/bin/sh', ['-c', 'true']).error?.code }`);
      expect(await answerOf(place, code, withoutPermissions)).toEqual({
        root: ['lib', 'lib64', 'node', 'runner', 'tmp'].filter(inside(place.libraries)),
        passwd: 'ENOENT',
        lib: 'EROFS',
        runner: 'EROFS',
        node: expect.stringMatching(/EROFS|ETXTBSY|EACCES/),
        root2: 'EROFS',
        flood: 'ENOSPC',
        shell: 'ENOENT',
      });
    });

  if (kind === 'process')
    it('reads and spawns without the permission model', async () => {
      expect(await answerOf(place, readPasswd, withoutPermissions)).toBe('root');
      expect(await answerOf(place, spawnChild, withoutPermissions)).toBe('out\n');
    });
});

function inside(libraries: readonly string[]): (folder: string) => boolean {
  const folders = new Set(libraries.map((library) => library.split('/')[1]));
  return (folder) => !folder.startsWith('lib') || folders.has(folder);
}

it('leaves no readable secret in the runner folder', () => {
  const { runner } = placeFor('process');
  expect(readdirSync(runner).filter((name) => !name.endsWith('.mjs'))).toEqual([]);
});
