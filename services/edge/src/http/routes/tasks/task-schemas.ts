import { z } from 'zod';
import { zLambdaIdOut, zNodeIdOut, zTaskIdOut } from '../ids.ts';
import { zUnixSeconds } from '../unix-time.ts';

/** 256 KiB, of the payload's own bytes. */
export const maxPayloadBytes = 256 * 1024;

export const zState = z.enum(['issued', 'assigned', 'running', 'finished']).meta({
  id: 'TaskState',
  description:
    '`issued`: waits for a node; `assigned`: a node has it; `running`: the lambda has begun; `finished`: for ever.',
});

export const zOutcome = z
  .enum(['succeeded', 'failed', 'timed_out', 'cancelled', 'expired', 'lost'])
  .meta({
    id: 'TaskOutcome',
    description:
      '`failed`: the lambda threw; `timed_out`: it ran past its timeout; `expired`: no node took it in time; `lost`: its nodes were lost, one after the other.',
  });

export const zCapabilities = z
  .strictObject({
    cpuCount: z.int().min(0).meta({ description: 'Cores; 0: no demand.' }),
    memSize: z.int().min(0).meta({ description: 'MiB; 0: no demand.' }),
    networkLatency: z.int().min(0).meta({ description: 'At most so many ms; 0: no demand.' }),
    privileged: z.boolean().meta({ description: 'Whether only a privileged node will do.' }),
  })
  .meta({
    id: 'TaskCapabilities',
    description: 'What the lambda demanded of a node when the task was issued.',
  });

const zAttempt = z
  .int()
  .min(0)
  .meta({
    description: 'Which execution of the task this is; 0 before the first.',
    examples: [1],
  });

const zStatus = z
  .int()
  .min(0)
  .max(599)
  .meta({
    description:
      'The HTTP status that the lambda answered, 0 until then. 500: failed, 504: timed out, lost or expired, 499: cancelled.',
    examples: [200],
  });

const zVersion = z
  .int()
  .min(1)
  .meta({
    description: 'How many events the task has; every change raises it.',
    examples: [4],
  });

const zProgress = z.int().min(0).max(100).meta({ description: 'Per cent, as the lambda told it.' });

const zTextResult = z
  .strictObject({
    status: zStatus,
    contentType: z.string().meta({ examples: ['application/json'] }),
    body: z.string().meta({ examples: ['{"characters":11,"words":2}'] }),
  })
  .meta({
    id: 'TextResult',
    description: 'What the lambda answered, where it is text of at most 64 KiB.',
  });

const zOutcomeOrNone = z.union([zOutcome, z.literal('')]).meta({
  description: '`""` until the task is finished.',
});

const summary = {
  id: zTaskIdOut,
  lambdaId: zLambdaIdOut,
  issued: zUnixSeconds('When the task was accepted.'),
  progress: zProgress,
  status: zStatus,
  state: zState,
};

export const zTask = z
  .strictObject({
    ...summary,
    assigned: zUnixSeconds('When a node last took it.'),
    finished: zUnixSeconds('When it ended.'),
    node: z.union([zNodeIdOut, z.literal('')]).meta({
      description: 'The node that has or had it last; `""`: none yet.',
    }),
    timeout: z.int().min(10).max(120).meta({ description: 'Whole seconds of execution.' }),
    capabilities: zCapabilities,
    outcome: zOutcomeOrNone,
    attempt: zAttempt,
    version: zVersion,
    result: zTextResult.optional(),
  })
  .meta({ id: 'Task' });

export const zTaskList = z.array(z.strictObject(summary).meta({ id: 'TaskSummary' }));

export const zNewTaskId = z.strictObject({ id: zTaskIdOut }).meta({ id: 'TaskReference' });

export const taskMembers = { zAttempt, zStatus, zVersion, zProgress };
