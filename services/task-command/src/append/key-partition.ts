import { parseTaskId, partitionOf, type TaskId, type TenantId } from '@greencloud/domain';
import { ObjectId } from 'bson';

/** Where all uses of a tenant's key meet. A space cannot occur in either part. */
export function keyPartition(tenantId: TenantId, key: string, partitions: number): number {
  return partitionOf(`${tenantId} ${key}`, partitions);
}

/** `wanted` if it belongs to the partition, else a new id that does: as many draws as partitions, on average. */
export function taskIdIn(partition: number, partitions: number, wanted: TaskId): TaskId {
  let taskId = wanted;
  while (partitionOf(taskId, partitions) !== partition) {
    taskId = parseTaskId(new ObjectId().toHexString());
  }
  return taskId;
}
