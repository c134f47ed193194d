import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TemporaryFolder, temporaryFolder } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const target = 'export const there = 1;\n';

/** A small house with the same rooms, in which one arrow at a time is drawn that must not be. */
describe('the dependency check', () => {
  let house: TemporaryFolder;

  beforeAll(async () => {
    house = await temporaryFolder('arrows');
    await cp(join(root, '.dependency-cruiser.mjs'), join(house.path, '.dependency-cruiser.mjs'));
    await cp(join(root, 'package.json'), join(house.path, 'package.json'));
    await symlink(join(root, 'node_modules'), join(house.path, 'node_modules'));
    const rooms = ['libs/runtime', 'libs/grpc', 'libs/event-log', 'libs/domain', 'libs/testing'];
    for (const room of [...rooms, 'services/edge', 'deploy/local']) {
      await write(`${room}/src/index.ts`, target);
    }
    await write('libs/grpc/src/deep.ts', target);
    await write('libs/domain/src/b.ts', "import { here } from './a.ts';\nexport const b = here;\n");
    await write('libs/domain/src/a.ts', 'export const here = 0;\n');
    await write('proto/src/gen/task.ts', target);
  });
  afterAll(() => house.remove());

  async function write(path: string, text: string) {
    await mkdir(dirname(join(house.path, path)), { recursive: true });
    await writeFile(join(house.path, path), text);
  }

  /** Draws the arrows of one file and gives the names of the rules that refuse them. */
  async function refusals(path: string, imported: string): Promise<string[]> {
    await write(path, `import * as there from '${imported}';\nexport const here = there;\n`);
    const output = await cruise(house.path);
    await write(path, 'export const here = 0;\n');
    return [...new Set([...output.matchAll(/error ([a-z-]+):/g)].map((match) => match[1] ?? ''))];
  }

  it('accepts the house as it should be', async () => {
    expect(await refusals('services/edge/src/a.ts', '../../../libs/grpc/src/index.ts')).toEqual([]);
  });

  it.each([
    ['domain-imports-nothing', 'libs/domain/src/a.ts', 'node:fs'],
    ['domain-imports-nothing', 'libs/domain/src/a.ts', '../../runtime/src/index.ts'],
    ['runtime-stands-alone', 'libs/runtime/src/a.ts', '../../domain/src/index.ts'],
    ['embedded-stands-alone', 'libs/embedded/src/a.ts', '../../domain/src/index.ts'],
    ['testing-uses-embedded', 'libs/testing/src/a.ts', '../../domain/src/index.ts'],
    ['grpc-knows-no-bus', 'libs/grpc/src/a.ts', '../../event-log/src/index.ts'],
    ['bus-knows-no-rpc', 'libs/bus/src/a.ts', '../../grpc/src/index.ts'],
    ['event-log-is-a-reader', 'libs/event-log/src/a.ts', '../../testing/src/index.ts'],
    ['local-starts-processes-only', 'deploy/local/src/a.ts', '../../../libs/grpc/src/index.ts'],
    ['services-never-import-each-other', 'services/projection/src/a.ts', '../../edge/src/index.ts'],
    ['services-stand-on-libs', 'services/edge/src/a.ts', '../../../libs/testing/src/index.ts'],
    [
      'generated-types-stay-in-adapters',
      'services/edge/src/a.ts',
      '../../../proto/src/gen/task.ts',
    ],
    ['nats-lives-in-bus', 'services/edge/src/a.ts', 'nats'],
    ['no-cycles', 'libs/domain/src/a.ts', './b.ts'],
    ['no-deep-imports', 'services/edge/src/a.ts', '../../../libs/grpc/src/deep.ts'],
    ['not-to-unresolvable', 'services/edge/src/a.ts', './nowhere.ts'],
  ])('refuses by %s: %s imports %s', async (rule, path, imported) => {
    expect(await refusals(path, imported)).toContain(rule);
  });
});

function cruise(cwd: string): Promise<string> {
  const bin = join(root, 'node_modules/.bin/depcruise');
  const folders = ['proto', 'libs', 'services', 'deploy'];
  const args = [bin, '--config', '.dependency-cruiser.mjs', ...folders];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd }, (_, stdout, stderr) => {
      if (/\d+ modules/.test(stdout)) resolve(stdout);
      else reject(new Error(`the check did not run: ${stdout}${stderr}`));
    });
  });
}
