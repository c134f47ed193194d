import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, temporaryFolder } from '@greencloud/testing';
import { expect, it, onTestFinished } from 'vitest';
import { useSharedStack } from '../shared/shared-stack.ts';

const entry = fileURLToPath(new URL('follow-log.ts', import.meta.url));

interface Line {
  readonly partition: number;
  readonly position: number;
  readonly taskId: string;
  readonly type: string;
}

/** The example as its reader would start it. */
function consumer(dataDir: string, positionsFile: string) {
  const args = ['--conditions=@greencloud/source', entry, dataDir, positionsFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { events: '', states: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.events += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.states += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    /** Whole lines only: a kill may leave half of one. */
    lines: () =>
      output.events
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line),
    states: () => output.states,
    end(signal: NodeJS.Signals) {
      child.kill(signal);
      return exited;
    },
  };
}

const stack = useSharedStack();

it('follows the whole log from where it stood, also over a kill', async () => {
  const { dataDir, demo, known } = stack();
  const folder = await temporaryFolder('follow-log');
  onTestFinished(() => folder.remove());
  const positionsFile = join(folder.path, 'positions.json');
  const issue = () =>
    Promise.all(Array.from({ length: 20 }, (_, i) => demo.issue(known.demo.lambdaId, `text ${i}`)));
  const finished = (lines: readonly Line[]) =>
    new Set(lines.flatMap(({ type, taskId }) => (type === 'TaskFinished' ? [taskId] : [])));
  const untilFinished = (ids: readonly string[], { lines }: ReturnType<typeof consumer>) =>
    eventually(
      () => {
        const done = finished(lines());
        return ids.every((id) => done.has(id));
      },
      { timeoutMs: 30_000 },
    );

  const first = consumer(dataDir, positionsFile);
  const early = await issue();
  await untilFinished(early, first);
  await first.end('SIGKILL');
  const missed = await issue();
  const second = consumer(dataDir, positionsFile);
  await untilFinished(missed, second);
  const late = await issue();
  await untilFinished(late, second);
  expect(await second.end('SIGTERM')).toBe(0);

  const byPartition = (lines: readonly Line[]) => Map.groupBy(lines, ({ partition }) => partition);
  const before = byPartition(first.lines());
  const after = byPartition(second.lines());
  for (const [partition, lines] of before) {
    expect(lines.map(({ position }) => position)).toEqual(lines.map((_, i) => i + 1));
    const again = (after.get(partition) ?? []).map(({ position }) => position);
    if (again.length === 0) continue;
    // Behind the last batch that was noted: nothing is left out, little comes twice.
    expect(again[0]).toBeLessThanOrEqual(lines.length + 1);
    expect(again[0]).toBeGreaterThan(lines.length - 500);
    expect(again).toEqual(again.map((_, i) => (again[0] ?? 0) + i));
  }
  expect(second.states()).toMatch(/live at/);
});
