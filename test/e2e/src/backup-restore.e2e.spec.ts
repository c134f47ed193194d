import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, runProcess, type TemporaryFolder, temporaryFolder } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackupPlace, restoreBaseBackup, takeBaseBackup } from './base-backup.ts';
import { metricSum } from './recovery/metric.ts';
import { type Stack, startStack } from './stack.ts';

const inParallel = 20;

describe('a Postgres restored from a backup', () => {
  let folder: TemporaryFolder;
  let stack: Stack | undefined;
  let place: BackupPlace;
  /** Accepted before the backup was stopped. */
  const kept: string[] = [];
  /** Accepted after it: the log that comes back has never heard of them, NATS has. */
  const lost: string[] = [];

  const start = async () => {
    stack = await startStack({ nodes: 2, dataDir: folder.path });
    return stack;
  };

  async function issue({ api, file }: Stack, count: number): Promise<string[]> {
    const some = Array.from({ length: count }, (_, n) => `text number ${n}`);
    return await Promise.all(some.map((text) => api.issue(file.demo.lambdaId, text)));
  }

  async function results({ api }: Stack, ids: readonly string[]): Promise<number[]> {
    const answers = await Promise.all(ids.map((id) => api.result(id)));
    return answers.map(({ status }) => status);
  }

  async function operation(name: 'verify' | 'compare') {
    const entry = fileURLToPath(new URL(`../../../deploy/local/src/${name}.ts`, import.meta.url));
    return await runProcess({ entry, env: { GC_DATA_DIR: folder.path } });
  }

  beforeAll(async () => {
    folder = await temporaryFolder('backup');
    const before = await start();
    const postgres = join(folder.path, 'postgres');
    place = {
      databaseUrl: before.file.databaseUrl,
      cluster: join(postgres, 'cluster'),
      copy: join(postgres, 'backup'),
    };
    kept.push(...(await issue(before, inParallel)));
    await results(before, kept);
    const writing: { state: 'on' | 'over' } = { state: 'on' };
    const accepted: string[] = [];
    const traffic = (async () => {
      while (writing.state === 'on') accepted.push(...(await issue(before, inParallel)));
    })();
    await takeBaseBackup(place, () => kept.push(...accepted));
    writing.state = 'over';
    await traffic;
    lost.push(...(await issue(before, 2 * inParallel)));
    await results(before, lost);
    await before.stop();
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
    await folder?.remove();
  });

  it.each(['ahead', 'empty'] as const)(
    'goes on with all that was accepted before, with a NATS that is %s',
    async (nats) => {
      await restoreBaseBackup(place);
      if (nats === 'empty') {
        await rm(join(folder.path, 'nats'), { recursive: true });
      }
      const restored = await start();
      if (nats === 'ahead') await streamsAreMadeAnew(restored);
      // Open ones of the moment of the backup are run again.
      expect(await results(restored, kept)).toEqual(kept.map(() => 200));
      const asked = await Promise.all(lost.map((id) => restored.api.call('GET', `/v1/task/${id}`)));
      expect(asked.map(({ status }) => status)).toEqual(lost.map(() => 404));

      const fresh = await issue(restored, inParallel);
      expect(await results(restored, fresh)).toEqual(fresh.map(() => 200));

      expect(await operation('verify')).toMatchObject({ code: 0 });
      expect(await operation('compare')).toMatchObject({ code: 0 });
      const { tasks } = await listed(restored);
      expect(tasks).toEqual(expect.arrayContaining([...kept, ...fresh]));
      expect(tasks.filter((id) => lost.includes(id))).toEqual([]);
      await restored.stop();
      stack = undefined;
    },
    120_000,
  );

  /** Each partition has lost something: nobody but the relay may, and needs to, delete its stream. */
  async function streamsAreMadeAnew({ file }: Stack): Promise<void> {
    const metric = (name: string) => metricSum(file.admin['task-command'] ?? '', name);
    await eventually(async () => {
      expect(await metric('relay_streams_discarded_total')).toBe(4);
      expect(await metric('relay_lag')).toBe(0);
    });
  }

  async function listed({ api }: Stack): Promise<{ tasks: string[] }> {
    const answer = await api.call('GET', '/v1/task/list?limit=1000');
    return { tasks: answer.json<{ id: string }[]>().map(({ id }) => id) };
  }
});
