import { z } from 'zod';
import { issueTask } from '../../../tasks/issue-task.ts';
import { type InlinePayload, payloadOf } from '../../../tasks/payload.ts';
import { created } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { zLambdaId } from '../ids.ts';
import { zIdempotencyKey } from './idempotency-key.ts';
import { newTaskExamples, taskIdExamples } from './task-examples.ts';
import { maxPayloadBytes, zNewTaskId } from './task-schemas.ts';

// JSON can spend 6 bytes on one of the payload's (\u0001); 4 KiB more for the other members.
const maxBodyBytes = 6 * maxPayloadBytes + 4 * 1024;

// Opaque to zod on purpose: its own objects and records would copy the payload and drop __proto__.
const zInlinePayload = z
  .custom<InlinePayload>(
    (value) =>
      typeof value === 'string'
        ? value.isWellFormed()
        : typeof value === 'object' && value !== null,
    'must be a string (of whole Unicode characters), an object or an array',
  )
  .meta({
    description:
      'Handed to the lambda byte for byte, as `application/json` when it parses as JSON and as `text/plain` when not. An object or an array is encoded. At most 256 KiB.',
    override: { type: ['string', 'object', 'array'], maxLength: maxPayloadBytes },
  });

const zNewTask = z
  .strictObject({
    lambdaId: zLambdaId,
    timeout: z
      .number()
      .int('must be whole seconds')
      .min(10, 'must be at least 10 seconds')
      .max(120, 'must be at most 120 seconds')
      .meta({ description: 'Whole seconds that one execution may take.', examples: [10] }),
    inlinePayload: zInlinePayload.optional(),
  })
  .meta({ id: 'NewTask' });

const description = `\`201\` means that the task is durably recorded: whatever crashes afterwards, it is not lost, and \`GET\` by its id finds it from that moment on.

Send an \`Idempotency-Key\` and a create whose answer was lost can be repeated: the same key with the same task answers the same \`201\` with \`Idempotent-Replayed: true\`, for at least 24 h; with another task it is refused. Requests are the same when they ask for the same lambda, timeout and payload.

The lambda's code version and demands are fixed as they are now.`;

export const createTask = defineRoute({
  operation: 'createTask',
  tag: 'Tasks',
  summary: 'Issue a task: one execution of a lambda',
  description,
  method: 'post',
  path: '/v1/task',
  scope: 'task:write',
  answers: [
    {
      as: 'created',
      description: 'The task is accepted.',
      headers: ['Location', 'Idempotent-Replayed'],
      content: { kind: 'json', schema: zNewTaskId, examples: taskIdExamples },
    },
  ],
  problems: ['LAMBDA_NOT_FOUND', 'NO_RUNNER', 'LAMBDA_PAUSED', 'IDEMPOTENCY_KEY_REUSED'],
  headers: z.object({ 'Idempotency-Key': zIdempotencyKey }),
  body: {
    kind: 'json',
    schema: zNewTask,
    maxBytes: maxBodyBytes,
    presence: 'required',
    examples: newTaskExamples,
  },
  async handle({ tenantId, body, headers }, services) {
    const { lambdaId, timeout: timeoutSeconds, inlinePayload } = body;
    const idempotencyKey = headers['Idempotency-Key'];
    const payload = payloadOf(inlinePayload, maxPayloadBytes);
    const wanted = { tenantId, lambdaId, timeoutSeconds, payload, idempotencyKey };
    const { taskId, origin } = await issueTask(wanted, services);
    return created(
      { id: taskId },
      {
        location: `/v1/task/${taskId}`,
        ...(origin === 'replayed' ? { 'idempotent-replayed': 'true' } : {}),
      },
    );
  },
});
