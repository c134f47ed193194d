import type { LogReader } from '@greencloud/event-log';

/** The number of partitions: fixed when the log was created, so it is asked until it is known. */
export function createPartitionCount(
  reader: Pick<LogReader, 'getLog'>,
): (signal?: AbortSignal) => Promise<number> {
  let known: number | undefined;
  return async (signal) => {
    known ??= (await reader.getLog(signal)).partitions;
    return known;
  };
}
