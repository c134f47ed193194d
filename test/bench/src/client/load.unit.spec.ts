import { describe, expect, it } from 'vitest';
import { serveFront } from '../peers/front-door.ts';
import type { Front, TaskBody } from '../peers/peer.ts';
import type { LoadJob, Phase } from './job.ts';
import { load } from './load.ts';
import { openDoor } from './rest-door.ts';

const body: TaskBody = { lambdaId: '64058fee9956fae80d7e0e8e', timeout: 10, inlinePayload: '1' };

/** A system in memory, behind the real front door: a task is finished unless it is held back. */
function memoryFront() {
  const held = new Set<string>();
  let posted = 0;
  const front: Front = {
    submit: async () => String(posted++),
    finishOf: async (id) => (held.has(id) ? { kind: 'open' } : { kind: 'finished', at: 1 }),
  };
  return { front, held };
}

async function drive(front: Front, begin: (phase: Phase) => void) {
  const address = { baseUrl: await serveFront(front), body };
  const job: LoadJob = {
    door: address,
    tasks: 100,
    connections: 4,
    warmUpTasks: 10,
    singles: 3,
    gapMs: 1,
    limitSeconds: 0.2,
  };
  const door = openDoor(address, job.connections);
  try {
    return await load(door, job, async (phase) => begin(phase));
  } finally {
    await door.close();
  }
}

describe('the load', () => {
  it('goes through its phases in order and measures every figure', async () => {
    const phases: Phase[] = [];
    const { figures, stragglers } = await drive(memoryFront().front, (phase) => phases.push(phase));
    expect(phases).toEqual(['warm-up', 'burst', 'sweep', 'singles']);
    expect(Object.values(figures).every((figure) => figure > 0)).toBe(true);
    expect(stragglers).toBe(0);
  });

  it('counts a task that the end of the burst left behind, and waits for it', async () => {
    const { front, held } = memoryFront();
    const early = '15';
    held.add(early);
    const looked: string[] = [];
    const watched: Front = {
      ...front,
      finishOf: async (id) => {
        const finish = await front.finishOf(id);
        // Its second look finds it finished.
        if (id === early && looked.push(id) === 1) held.delete(early);
        return finish;
      },
    };
    const { stragglers } = await drive(watched, () => undefined);
    expect(stragglers).toBe(1);
    expect(looked).toEqual([early, early]);
  });

  it('fails when a task stays open past the limit', async () => {
    const { front, held } = memoryFront();
    held.add('15');
    await expect(drive(front, () => undefined)).rejects.toThrow('1 of 1 tasks were open');
  });

  it('fails with what the door said when a task is refused', async () => {
    const full = Object.assign(new Error('full'), { status: 503, expose: true });
    const front: Front = { ...memoryFront().front, submit: () => Promise.reject(full) };
    await expect(drive(front, () => undefined)).rejects.toThrow('POST /v1/task answered 503: full');
  });
});
