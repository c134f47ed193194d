import { z } from 'zod';
import { issueTask } from '../../../tasks/issue-task.ts';
import { type InlinePayload, payloadOf } from '../../../tasks/payload.ts';
import { created } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { zHex24, zLambdaId } from '../ids.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { maxPayloadBytes } from './task-schemas.ts';

// JSON can spend 6 bytes on one of the payload's (\u0001); 4 KiB more for the other members.
const maxBodyBytes = 6 * maxPayloadBytes + 4 * 1024;

// Opaque to zod on purpose: its own objects and records would copy the payload and drop __proto__.
const zInlinePayload = z.custom<InlinePayload>(
  (value) =>
    typeof value === 'string' ? value.isWellFormed() : typeof value === 'object' && value !== null,
  'must be a string (of whole Unicode characters), an object or an array',
);

const zNewTask = z.strictObject({
  lambdaId: zLambdaId,
  timeout: z
    .number()
    .int('must be whole seconds')
    .min(10, 'must be at least 10 seconds')
    .max(120, 'must be at most 120 seconds'),
  inlinePayload: zInlinePayload.optional(),
});

export const createTask = defineRoute({
  operation: 'createTask',
  summary: 'Issue a task: one execution of a lambda',
  method: 'post',
  path: '/v1/task',
  scope: 'task:write',
  produces: z.strictObject({ id: zHex24 }),
  problems: [
    'LAMBDA_NOT_FOUND',
    'NO_RUNNER',
    'LAMBDA_PAUSED',
    'PAYLOAD_TOO_LARGE',
    'VALIDATION_FAILED',
    'IDEMPOTENCY_KEY_REUSED',
    'NO_QUOTA_AVAILABLE',
  ],
  body: { kind: 'json', schema: zNewTask, maxBytes: maxBodyBytes, presence: 'required' },
  async handle({ tenantId, body, exchange }, services) {
    const { lambdaId, timeout: timeoutSeconds, inlinePayload } = body;
    const idempotencyKey = idempotencyKeyOf(exchange.header('idempotency-key'));
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
