import { z } from 'zod';
import { zHex24 } from '../ids.ts';

/** 256 KiB, of the payload's own bytes. */
export const maxPayloadBytes = 256 * 1024;

export const zState = z.enum(['issued', 'assigned', 'running', 'finished']);

export const zOutcome = z.enum([
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'expired',
  'lost',
]);

const zSeconds = z.string().regex(/^\d*$/);

const zCapabilities = z.strictObject({
  cpuCount: z.number(),
  memSize: z.number(),
  networkLatency: z.number(),
  privileged: z.boolean(),
});

export const zTask = z.strictObject({
  id: zHex24,
  lambdaId: zHex24,
  issued: zSeconds,
  assigned: zSeconds,
  finished: zSeconds,
  progress: z.int().min(0).max(100),
  node: z.string(),
  timeout: z.int(),
  capabilities: zCapabilities,
  state: zState,
  outcome: z.union([zOutcome, z.literal('')]),
  status: z.int(),
  attempt: z.int(),
  version: z.int(),
  result: z.strictObject({ status: z.int(), contentType: z.string(), body: z.string() }).optional(),
});

export const zTaskList = z.array(
  zTask.pick({
    id: true,
    lambdaId: true,
    issued: true,
    progress: true,
    status: true,
    state: true,
  }),
);

const zContentInfo = z.strictObject({ size: z.int(), contentType: z.string() }).nullable();

const zEventHead = {
  version: z.int(),
  at: zSeconds,
  /** The same moment in Unix milliseconds. */
  atMs: z.int(),
};

/** One event of a task, in the history and in a watch. */
export const zTaskEvent = z.discriminatedUnion('type', [
  z.strictObject({
    ...zEventHead,
    type: z.literal('TaskIssued'),
    lambdaId: zHex24,
    codeVersion: zHex24,
    timeout: z.int(),
    capabilities: zCapabilities,
    payload: zContentInfo,
  }),
  z.strictObject({
    ...zEventHead,
    type: z.literal('TaskAssigned'),
    attempt: z.int(),
    node: z.string(),
  }),
  z.strictObject({
    ...zEventHead,
    type: z.literal('TaskProgressed'),
    attempt: z.int(),
    progress: z.int(),
  }),
  z.strictObject({
    ...zEventHead,
    type: z.literal('TaskReleased'),
    attempt: z.int(),
    reason: z.enum(['node_lost', 'drained', 'refused', 'unacknowledged']),
  }),
  z.strictObject({
    ...zEventHead,
    type: z.literal('TaskFinished'),
    attempt: z.int(),
    outcome: zOutcome,
    status: z.int(),
    detail: z.string(),
    result: zContentInfo,
  }),
  /** Of a newer release than this edge. */
  z.strictObject({ ...zEventHead, type: z.literal('Unreadable') }),
]);

export type TaskEventJson = z.infer<typeof zTaskEvent>;
