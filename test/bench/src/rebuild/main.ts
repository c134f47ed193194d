import { Client } from 'pg';
import { startGrown } from '../growth/grown-system.ts';
import { thisMachine, warnOfDisturbance } from '../machine.ts';
import { runProgram } from '../run-program.ts';
import { type OperationResult, operate } from './operation.ts';
import { readRebuildOptions } from './options.ts';
import { callsLine } from './report.ts';
import { startTraffic } from './traffic.ts';

// Issued, assigned, progressed, finished.
const eventsOfTask = 4;

await runProgram(async ({ say }) => {
  const { events } = readRebuildOptions(process.argv.slice(2));
  await warnOfDisturbance(say);
  const count = Math.ceil(events / eventsOfTask);
  await using ours = await startGrown({ kind: 'finished', count, check: 'off' }, say);
  const { door, dataDir, databaseUrl } = ours;
  const { cores, cpu, system, node } = thisMachine();
  console.log(`${cores} x ${cpu}, ${system}, Node ${node}; ${count} finished tasks`);
  let outcome: 'done' | 'failed' = 'done';
  const tell = (name: string, { code, output, seconds }: OperationResult) => {
    if (code !== 0) outcome = 'failed';
    console.log(`${name}: code ${code} after ${seconds.toFixed(1)} s\n${indented(output)}`);
  };
  const underTraffic = async (title: string, act: () => Promise<OperationResult>) => {
    say(title);
    const traffic = startTraffic(door);
    const result = await act();
    await traffic.stop();
    tell(title, result);
    for (const name of ['posts', 'gets', 'lists'] as const) {
      console.log(`  ${callsLine(name, traffic[name])}`);
    }
  };

  await underTraffic('rebuild beside the live views', () => operate('rebuild', dataDir));
  await underTraffic('rebuild of dropped views', async () => {
    await dropViews(databaseUrl);
    return await operate('rebuild', dataDir);
  });
  tell('verify', await operate('verify', dataDir));
  tell('compare', await operate('compare', dataDir));
  return outcome;
});

async function dropViews(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query('drop schema projection cascade');
  } finally {
    await client.end();
  }
}

/** Without the progress of each second, and without the log. */
function indented(output: string): string {
  const lines = output.trim().split('\n');
  const isProgress = (line: string) => /: (built|read) /.test(line);
  const last = lines.findLastIndex(isProgress);
  const kept = lines.filter((line, at) => at === last || !(isProgress(line) || line[0] === '{'));
  return kept.map((line) => `  ${line}`).join('\n');
}
