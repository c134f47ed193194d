import { DomainError, type ErrorCode, type TaskOutcome } from '@greencloud/domain';
import { z } from 'zod';
import type { Services } from '../../../services.ts';
import { awaitEnd } from '../../../tasks/await-end.ts';
import type { Content, TaskKey } from '../../../tasks/task-services.ts';
import { endOf, type TaskEnd } from '../../../tasks/task-view.ts';
import { type Answer, relayed } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import type { Exchange } from '../../routing/exchange.ts';
import { taskPath } from '../ids.ts';
import { zQueryInteger } from '../paging.ts';
import { entityTagOf } from './entity-tag.ts';
import { maxWaitSeconds, preferredWaitOf, zPrefer } from './preferred-wait.ts';

const query = z.strictObject({
  wait: zQueryInteger({
    min: 1,
    max: maxWaitSeconds,
    description: 'Seconds to wait for the end of the task.',
    example: 30,
  }).optional(),
});

const description = `A task that succeeded answers what its lambda answered: its status, its content type, its bytes. \`GC-Task-Outcome: succeeded\` marks such an answer, whatever its status is.

A task that is not finished answers \`404 RESULT_NOT_READY\`; with \`wait\` or \`Prefer: wait=N\` it answers the moment the task finishes, and 404 after N seconds. A task that ended otherwise answers a problem.

Each answer that tells an end has the task's \`ETag\`: \`GET /v1/task/{taskId}\` with it as \`If-None-Match\` is never answered as if the task had not ended.`;

const codeOfOutcome: Record<Exclude<TaskOutcome, 'succeeded'>, ErrorCode> = {
  failed: 'TASK_FAILED',
  timed_out: 'TASK_TIMED_OUT',
  lost: 'TASK_LOST',
  expired: 'TASK_EXPIRED',
  cancelled: 'TASK_CANCELLED',
};

export const getTaskResult = defineRoute({
  operation: 'getTaskResult',
  tag: 'Tasks',
  summary: 'What the lambda answered; waits for it when asked to',
  description,
  method: 'get',
  path: '/v1/task/{taskId}/result',
  scope: 'task:read',
  answers: [
    {
      as: 'ok',
      description: 'What the lambda answered; the status may be any other that it chose.',
      headers: ['GC-Task-Outcome', 'ETag', 'Preference-Applied'],
      content: { kind: 'bytes' },
    },
  ],
  problems: ['TASK_NOT_FOUND', 'RESULT_NOT_READY', ...Object.values(codeOfOutcome)],
  params: taskPath,
  query,
  headers: z.object({ Prefer: zPrefer }),
  async handle({ tenantId, params: { taskId }, query, headers, exchange }, services) {
    const key = { tenantId, taskId };
    const seconds = waitOf(query?.wait, headers.Prefer, exchange);
    const end = await endWithin(key, seconds, exchange, services);
    if (end === undefined) throw new DomainError('RESULT_NOT_READY', 'The task is not finished');
    const content = await contentOf(end, key, services);
    // Not before the result is here: a problem of ours with this header would read as what the lambda answered.
    exchange.setHeader('GC-Task-Outcome', end.outcome);
    exchange.setHeader('ETag', entityTagOf(end.version));
    return answerOf(end, content);
  },
});

function waitOf(wait: number | undefined, prefer: string | undefined, exchange: Exchange): number {
  const preferred = preferredWaitOf(prefer);
  if (wait !== undefined || preferred === undefined) return wait ?? 0;
  exchange.setHeader('Preference-Applied', `wait=${preferred}`);
  return preferred;
}

async function endWithin(
  key: TaskKey,
  seconds: number,
  exchange: Exchange,
  { taskQueries, streams }: Services,
): Promise<TaskEnd | undefined> {
  const task = await taskQueries.get(key);
  const known = endOf(task);
  if (known !== undefined || seconds === 0) return known;
  return streams.hold(key.tenantId, exchange.gone, (signal) =>
    awaitEnd(key, task, taskQueries, { seconds, signal }),
  );
}

async function contentOf(
  { outcome, result }: TaskEnd,
  key: TaskKey,
  { taskResults }: Services,
): Promise<Content | undefined> {
  if (outcome !== 'succeeded' || result === undefined) return undefined;
  return taskResults.get(key, result.size);
}

function answerOf({ outcome, status, detail }: TaskEnd, content: Content | undefined): Answer {
  if (outcome !== 'succeeded') throw new DomainError(codeOfOutcome[outcome], detail || outcome);
  return relayed(status, content === undefined ? {} : typeHeader(content), bodyOf(content));
}

function bodyOf(content: Content | undefined): Buffer {
  return content === undefined ? Buffer.alloc(0) : Buffer.from(content.body);
}

// A lambda's own words: what cannot stand in a header must not become a 500.
function typeHeader({ contentType }: Content): Record<string, string> {
  const usable = /^[\x20-\x7e]{1,255}$/.test(contentType);
  return { 'content-type': usable ? contentType : 'application/octet-stream' };
}
