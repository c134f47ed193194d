import { expect, it } from 'vitest';
import { createReport } from '../report.ts';
import { createFleet, type Group } from './fleet.ts';
import type { Exit, Part } from './part.ts';

const report = createReport(() => undefined);

function part(service: string, ended: string[], how: 'obeys' | 'hangs' = 'obeys'): Part {
  return {
    service,
    replica: '0',
    launch: async () => {
      const exit = Promise.withResolvers<Exit>();
      const end = (signal: NodeJS.Signals) => {
        ended.push(`${service} ${signal}`);
        exit.resolve({ code: null, signal });
      };
      const stop = async (limitMs: number) => {
        if (how === 'obeys' && limitMs > 0) end('SIGTERM');
        else setTimeout(() => end('SIGKILL'), Math.min(limitMs, 20));
        await exit.promise;
      };
      return { pid: 1, exited: exit.promise, stop };
    },
  };
}

it('ends callers before those they call, servers last', async () => {
  const ended: string[] = [];
  const fleet = createFleet(report, () => undefined);
  const groups: Group[] = ['postgres', 'nats', 'services', 'agents', 'edge'];
  for (const group of groups) await fleet.start(group, part(group, ended));

  await fleet.stop();

  expect(ended.map((line) => line.split(' ')[0])).toEqual(groups.toReversed());
});

it('goes on to the next group when one has to be killed', async () => {
  const ended: string[] = [];
  const fleet = createFleet(report, () => undefined);
  await fleet.start('services', part('services', ended, 'hangs'));
  await fleet.start('postgres', part('postgres', ended));

  await fleet.stop();

  expect(ended).toEqual(['services SIGKILL', 'postgres SIGTERM']);
});

it('starts nothing any more once it ends', async () => {
  const fleet = createFleet(report, () => undefined);
  await fleet.stop();
  await expect(fleet.start('edge', part('edge', []))).rejects.toThrow('the stack stops');
});

it('lists those that serve', async () => {
  const fleet = createFleet(report, () => undefined);
  await fleet.start('edge', part('edge', []));
  expect(fleet.processes()).toEqual([{ service: 'edge', replica: '0', pid: 1 }]);
  await fleet.kill();
});
