import type { MigrationPlan } from '@greencloud/postgres';
import * as log from './0001-log.ts';
import * as appendOnly from './0002-append-only.ts';
import * as appendBatch from './0003-append-batch.ts';
import * as relayLease from './0004-relay-lease.ts';
import * as appendAcross from './0005-append-across-partitions.ts';
import * as relayReplica from './0006-relay-replica.ts';

/** By hand, not by reading the folder: the compiled service has other file endings. */
export const plan: MigrationPlan = {
  schema: 'task_command',
  migrations: {
    '0001-log': log,
    '0002-append-only': appendOnly,
    '0003-append-batch': appendBatch,
    '0004-relay-lease': relayLease,
    '0005-append-across-partitions': appendAcross,
    '0006-relay-replica': relayReplica,
  },
};
