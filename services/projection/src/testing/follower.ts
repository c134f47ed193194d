import type { RecordedEvent } from '@greencloud/event-log';
import type { MemoryLog } from '@greencloud/event-log/testing';
import { applyBatch, type BatchTarget } from '../apply/apply-batch.ts';
import { takeLeases } from '@greencloud/postgres';
import { type Db, leaseTables, liveSchema } from '../postgres/database.ts';

const self = { id: 'follower', name: 'follower' };

/** Takes the leases of all partitions, as a lone replica does; answers what writes one of them. */
export async function takeAll(db: Db, partitions: number): Promise<(p: number) => BatchTarget> {
  const leases = await takeLeases(db, leaseTables, self, partitions);
  return (partition) => {
    const epoch = leases.find((lease) => lease.partition === partition)?.epoch ?? 0n;
    return { db, schema: liveSchema, writer: { kind: 'lease', instance: self.id, epoch } };
  };
}

/** The whole log into the live views; `seen` is how this release reads an event. */
export async function applyLog(
  db: Db,
  log: MemoryLog,
  seen: (event: RecordedEvent) => RecordedEvent = (event) => event,
): Promise<void> {
  const target = await takeAll(db, log.partitions);
  for (let partition = 0; partition < log.partitions; partition += 1) {
    await applyBatch(target(partition), log.events(partition).map(seen));
  }
}
