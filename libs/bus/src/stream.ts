import {
  DiscardPolicy,
  type JetStreamManager,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from 'nats';
import { isNameInUse, isStreamNotFound } from './connection/nats-error.ts';
import { eventSubject, streamName } from './subjects.ts';

/** What a stream may hold. The log is the truth: what ages out here is read from there. */
export interface StreamLimits {
  readonly maxMessages: number;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly duplicateWindowMs: number;
  readonly replicas: number;
}

// A message is a window of up to 512 events. Nobody reads old ones: a follower begins with what is
// published from then on, and reads what was before from the log at 60,000 a second. What is kept is
// for one that is slow for a while, and so that the end of the stream is known.
export const defaultStreamLimits: StreamLimits = {
  maxMessages: 16_384,
  maxAgeMs: 60 * 60 * 1_000,
  maxBytes: 64 * 1024 ** 2,
  // Its ids are in the server's memory. Against a message that comes twice the chain stands also
  // without it.
  duplicateWindowMs: 30 * 1_000,
  replicas: 1,
};

type OurConfig = Pick<
  StreamConfig,
  | 'subjects'
  | 'retention'
  | 'storage'
  | 'discard'
  | 'max_age'
  | 'max_bytes'
  | 'max_msgs'
  | 'duplicate_window'
  | 'num_replicas'
>;

function configOf(partition: number, limits: StreamLimits): OurConfig {
  return {
    subjects: [eventSubject(partition)],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(limits.maxAgeMs),
    max_bytes: limits.maxBytes,
    max_msgs: limits.maxMessages,
    duplicate_window: nanos(limits.duplicateWindowMs),
    num_replicas: limits.replicas,
  };
}

/** Makes the partition's stream, or brings an older one to this configuration. */
export async function ensureStream(
  streams: JetStreamManager['streams'],
  partition: number,
  limits: StreamLimits,
): Promise<void> {
  const wanted = configOf(partition, limits);
  const info = await addOrUpdate(streams, streamName(partition), wanted);
  assertEchoed(wanted, info.config);
}

async function addOrUpdate(
  streams: JetStreamManager['streams'],
  name: string,
  wanted: OurConfig,
): Promise<StreamInfo> {
  try {
    return await streams.add({ ...wanted, name });
  } catch (error) {
    if (!isNameInUse(error)) throw error;
    const { config } = await streams.info(name);
    if (sameValue(wanted.subjects, config.subjects)) return await streams.update(name, wanted);
    return await makeAnew(streams, name, wanted);
  }
}

/**
 * Of an older release, with a message for each event: nobody could read on from its end, and what
 * it held is in the log.
 */
async function makeAnew(
  streams: JetStreamManager['streams'],
  name: string,
  wanted: OurConfig,
): Promise<StreamInfo> {
  await streams.delete(name);
  return await streams.add({ ...wanted, name });
}

/** What it held is in the log. A stream that is gone already is no error. */
export async function deleteStream(
  streams: JetStreamManager['streams'],
  partition: number,
): Promise<void> {
  try {
    await streams.delete(streamName(partition));
  } catch (error) {
    if (!isStreamNotFound(error)) throw error;
  }
}

/** An older server drops fields that it does not know without a word: the answer is what counts. */
export function assertEchoed(wanted: Partial<OurConfig>, answered: Partial<StreamConfig>): void {
  const dropped = Object.entries(wanted)
    .filter(([field, value]) => !sameValue(value, answered[field as keyof StreamConfig]))
    .map(([field]) => field);
  if (dropped.length === 0) return;
  throw new Error(`nats-server did not take these stream fields: ${dropped.join(', ')}`);
}

function sameValue(wanted: unknown, answered: unknown): boolean {
  return JSON.stringify(wanted) === JSON.stringify(answered);
}
