import { once } from 'node:events';
import type { ClientMessage, LoadJob } from './job.ts';
import { load } from './load.ts';
import { openDoor } from './rest-door.ts';

// The client is a process of its own, a new one for each turn: every system meets the same cold
// client, and its CPU is told apart from that of the bench.
process.once('disconnect', () => process.exit(0));

const [job] = (await once(process, 'message')) as [LoadJob];
const door = openDoor(job.door, job.connections);
try {
  const result = await load(door, job, async (phase) => {
    say({ type: 'phase', phase });
    await once(process, 'message');
  });
  say({ type: 'result', result });
} catch (error) {
  say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
} finally {
  await door.close();
}

function say(message: ClientMessage): void {
  process.send?.(message);
}
