import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBwrap } from './find-bwrap.ts';
import type { LaunchPlace } from './launch-place.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { preparePlace } from './prepare-place.ts';
import { answerOf, openSandbox, strongest, withoutPermissionModel } from './sandbox-fixtures.ts';

const echo = `export default async (request) => (await request.json()).n + 1`;

// With what this machine has to ask the kernel with. A second bwrap gets its namespace by clone; what
// it needs next, a /proc, is not there for it, and there it hangs.
const asks = `
  import { spawnSync } from 'node:child_process';
  const outcome = (command, ...args) => {
    const { status, stderr } = spawnSync(command, args, { timeout: 2_000 });
    return status === 0 ? 'made' : stderr.toString().trim();
  };
  export default () => ({
    unshare: outcome('/usr/bin/unshare', '--user', '/node', '--version'),
    clone: outcome('/usr/bin/bwrap', '--unshare-user', '--ro-bind', '/', '/', '/node', '--version'),
  });`;

// A container as Docker, containerd and CRI-O make it: what a process may change below /proc/sys
// is not there for it. To the agent it is just the bwrap of its machine.
const container = (bwrap: string) => `#!/bin/sh
exec ${bwrap} --die-with-parent --dev-bind / / --ro-bind /proc/sys /proc/sys ${bwrap} "$@"
`;

const bwrap = findBwrap(undefined, env['PATH'] ?? '');
if (strongest === 'namespace' && bwrap !== undefined)
  describe('bubblewrap in a container', () => {
    let folder: string;
    let place: LaunchPlace;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'greencloud-container-'));
      await chmod(folder, 0o755);
      const contained = join(folder, 'bwrap');
      await writeFile(contained, container(bwrap), { mode: 0o755 });
      ({ place } = await preparePlace(contained));
    });
    afterAll(() => rm(folder, { recursive: true }));

    it('works, and is what the agent takes', async () => {
      expect(place.isolation.kind).toBe('namespace');
      await using open = await openSandbox(place, echo);
      const outcome = await open.run({
        contentType: 'application/json',
        body: Buffer.from('{"n":1}'),
      });
      expect(outcome).toMatchObject({ kind: 'answered', body: Buffer.from('2') });
    });

    it('would not with --disable-userns: the container is as narrow as a real one', async () => {
      const alter = (plan: LaunchPlan) => withOptions(plan, ['--disable-userns']);
      await expect(openSandbox(place, echo, { alter })).rejects.toThrow(
        '/proc/sys/user/max_user_namespaces: Read-only file system',
      );
    });

    it('has no user namespace for a lambda that can start any program', async () => {
      expect(await answerOf(place, asks, { alter: withPrograms })).toEqual({
        unshare: expect.stringContaining('unshare failed: Operation not permitted'),
        clone: expect.stringContaining('No permissions to create'),
      });
    });

    it('has them without the filter', async () => {
      const alter = (plan: LaunchPlan) => withPrograms(withoutFilter(plan));
      expect(await answerOf(place, asks, { alter })).toMatchObject({
        unshare: 'made',
        clone: expect.not.stringContaining('No permissions to create'),
      });
    });
  });

/** A machine inside: without the permission model, with the programs of this one. */
function withPrograms(plan: LaunchPlan): LaunchPlan {
  const folders = ['/usr', '/lib', '/lib64', '/bin', '/proc/sys'].flatMap((path) => [
    '--ro-bind-try',
    path,
    path,
  ]);
  return withoutPermissionModel(withOptions(plan, folders));
}

function withOptions(plan: LaunchPlan, options: readonly string[]): LaunchPlan {
  const end = plan.args.indexOf('--size');
  return { ...plan, args: plan.args.toSpliced(end, 0, ...options) };
}

function withoutFilter(plan: LaunchPlan): LaunchPlan {
  return { ...plan, args: plan.args.toSpliced(plan.args.indexOf('--seccomp'), 2) };
}
