import { describe, expect, it } from 'vitest';
import { KindDirectory } from '../placement/kind-directory.ts';
import { nodeId, offer } from '../placement/placement-fixtures.ts';
import { createManualWorld } from '../testing/manual-world.ts';
import { preferenceOf } from './preference.ts';
import { ready } from './queue-fixtures.ts';
import { type Preference, SharedQueue } from './shared-queue.ts';

function testShared(preference: (partition: number) => Preference) {
  const world = createManualWorld(1_000);
  const kinds = new KindDirectory();
  const queue = new SharedQueue({
    world,
    kinds,
    quantumOf: () => 10,
    ageingMs: 60_000,
    helpAfterMs: 50,
    onWanted: () => undefined,
  });
  void queue.prefer(preference);
  const kind = kinds.join(offer());
  const take = () => {
    const task = queue.take(kind, nodeId(1));
    return typeof task === 'string' ? task : Number.parseInt(task.taskId, 16);
  };
  return { world, queue, take };
}

const evenAreMine = (partition: number) => (partition % 2 === 0 ? 'mine' : 'theirs');

describe('a queue that replicas share', () => {
  it('gives its own partitions at once and others only after 50 ms', async () => {
    const { world, queue, take } = testShared(evenAreMine);
    queue.add(ready(1, { partition: 1, since: 1_000 }));
    expect(take()).toBe('nothing');
    queue.add(ready(2, { partition: 2, since: 1_000 }));
    expect(take()).toBe(2);
    await world.pass(50);
    expect(take()).toBe(1);
  });

  it('takes its own first, however long the others have waited', async () => {
    const { queue, take } = testShared(evenAreMine);
    queue.add(ready(1, { partition: 1, since: 0 }));
    queue.add(ready(2, { partition: 2, since: 900 }));
    expect([take(), take()]).toEqual([2, 1]);
  });

  it('drops a task that was taken while it was held back', async () => {
    const { world, queue, take } = testShared(evenAreMine);
    queue.add(ready(1, { partition: 1, since: 1_000 }));
    queue.remove(ready(1).taskId);
    await world.pass(100);
    expect(take()).toBe('nothing');
  });

  it('takes over what another replica leaves behind when that one is gone', () => {
    const { queue, take } = testShared(evenAreMine);
    queue.add(ready(1, { partition: 1, since: 1_000 }));
    void queue.prefer(() => 'mine');
    expect(take()).toBe(1);
  });
});

describe('the division of partitions', () => {
  const replicas = ['a', 'b', 'c'];
  const partitions = [...Array(64).keys()];
  const ownersOf = (names: string[]) =>
    partitions.map((partition) =>
      names.filter((name) => preferenceOf(name, names)(partition) === 'mine').join(),
    );

  it('gives each partition to exactly one replica', () => {
    for (const owner of ownersOf(replicas)) expect(replicas).toContain(owner);
    expect(new Set(ownersOf(replicas)).size).toBe(3);
  });

  it('moves only the partitions of a replica that goes', () => {
    const before = ownersOf(replicas);
    const after = ownersOf(['a', 'c']);
    partitions.forEach((partition) => {
      if (before[partition] !== 'b') expect(after[partition]).toBe(before[partition]);
    });
  });
});
