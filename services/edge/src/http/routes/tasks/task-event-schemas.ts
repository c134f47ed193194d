import { z } from 'zod';
import { zCodeVersionOut, zLambdaIdOut, zNodeIdOut } from '../ids.ts';
import { zUnixSeconds } from '../unix-time.ts';
import { taskMembers, zCapabilities, zOutcome } from './task-schemas.ts';

const { zAttempt, zProgress, zStatus, zVersion } = taskMembers;

const zContentInfo = z
  .strictObject({
    size: z.int().min(0).meta({ description: 'Bytes.' }),
    contentType: z.string().meta({ examples: ['text/plain'] }),
  })
  .nullable()
  .meta({ description: 'What it carries; null: nothing.' });

const head = {
  version: zVersion,
  at: zUnixSeconds('When it was recorded.'),
  atMs: z.int().meta({ description: 'The same moment in Unix milliseconds.' }),
};

const zTaskIssued = z
  .strictObject({
    ...head,
    type: z.literal('TaskIssued'),
    lambdaId: zLambdaIdOut,
    codeVersion: zCodeVersionOut,
    timeout: z.int(),
    capabilities: zCapabilities,
    payload: zContentInfo,
  })
  .meta({ id: 'TaskIssued', description: 'The task was accepted.' });

const zTaskAssigned = z
  .strictObject({
    ...head,
    type: z.literal('TaskAssigned'),
    attempt: zAttempt,
    node: zNodeIdOut,
  })
  .meta({ id: 'TaskAssigned', description: 'A node was chosen: an attempt begins.' });

const zTaskProgressed = z
  .strictObject({
    ...head,
    type: z.literal('TaskProgressed'),
    attempt: zAttempt,
    progress: zProgress,
  })
  .meta({ id: 'TaskProgressed', description: 'The lambda runs; the first has progress 0.' });

const zTaskReleased = z
  .strictObject({
    ...head,
    type: z.literal('TaskReleased'),
    attempt: zAttempt,
    reason: z.enum(['node_lost', 'drained', 'refused', 'unacknowledged']),
  })
  .meta({ id: 'TaskReleased', description: 'An attempt ended without a finish; another follows.' });

const zTaskFinished = z
  .strictObject({
    ...head,
    type: z.literal('TaskFinished'),
    attempt: zAttempt,
    outcome: zOutcome,
    status: zStatus,
    detail: z.string().meta({ description: 'Why, where it did not succeed.' }),
    result: zContentInfo,
  })
  .meta({ id: 'TaskFinished', description: 'The end; exactly one, and the last event.' });

const zUnreadable = z
  .strictObject({ ...head, type: z.literal('Unreadable') })
  .meta({ id: 'Unreadable', description: 'An event of a newer release than this edge.' });

/** One event of a task, in the history and in a watch. */
export const zTaskEvent = z
  .discriminatedUnion('type', [
    zTaskIssued,
    zTaskAssigned,
    zTaskProgressed,
    zTaskReleased,
    zTaskFinished,
    zUnreadable,
  ])
  .meta({ id: 'TaskEvent' });

export type TaskEventJson = z.infer<typeof zTaskEvent>;
