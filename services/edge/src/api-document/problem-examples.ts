import type { FieldError } from '@greencloud/domain';
import { problemFrame } from '../http/problem/problem.ts';
import { problemKinds } from '../http/problem/problem-kinds.ts';
import { kindOf, type ProblemCode } from './problem-codes.ts';

interface Occurrence {
  readonly route?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
}

const task = '/v1/task/{taskId}';
const newTask = '/v1/task';
const list = '/v1/task/list';

/** One example of each code, as it looks at a place where it occurs. */
const occurrences: Partial<Record<ProblemCode, Occurrence>> = {
  MALFORMED_JSON: wrong(newTask, '', 'The body ends too early, at line 1, column 14 (offset 13)'),
  INVALID_ID: wrong(task, '/taskId', 'must be 24 hexadecimal characters'),
  INVALID_CURSOR: {
    route: list,
    detail: 'The cursor was not given by this list with these parameters',
  },
  INVALID_PARAMETER: wrong(list, '/limit', 'must be a whole number, 1 to 1000'),
  NEEDS_LOGIN: { route: task, detail: 'The access token has expired' },
  FORBIDDEN: { route: newTask, detail: 'The access token lacks the scope task:write' },
  TASK_NOT_FOUND: { route: task },
  LAMBDA_NOT_FOUND: { route: newTask },
  NODE_NOT_FOUND: { route: '/v1/node/{hash}' },
  RESULT_NOT_READY: { route: `${task}/result`, detail: 'The task is not finished' },
  ROUTE_NOT_FOUND: { detail: 'There is nothing here: see /docs' },
  METHOD_NOT_ALLOWED: { detail: 'The route takes OPTIONS, POST and not DELETE' },
  NOT_ACCEPTABLE: { route: task, detail: 'This route gives application/json' },
  CONFLICT: { route: task, detail: 'The task changes faster than the command could be decided' },
  NO_RUNNER: { route: newTask, detail: 'The lambda has no code yet' },
  LAMBDA_PAUSED: { route: newTask, detail: 'The lambda is paused' },
  NODE_ALREADY_ENROLLED: { route: '/v1/node/{hash}' },
  TASK_ALREADY_FINISHED: { route: task, detail: 'The task has ended: succeeded' },
  PAYLOAD_TOO_LARGE: wrong(newTask, '/inlinePayload', 'is 307200 bytes, and may be at most 262144'),
  UNSUPPORTED_MEDIA_TYPE: { route: newTask, detail: 'The body must be application/json' },
  VALIDATION_FAILED: wrong(newTask, '/timeout', 'must be at least 10 seconds'),
  IDEMPOTENCY_KEY_REUSED: { route: newTask, detail: 'The key has issued a task of another body' },
  NO_QUOTA_AVAILABLE: { route: newTask, detail: 'At most 10000 requests in 1 s' },
  INTERNAL: { route: task },
  OVERLOADED: { route: newTask },
  UNAVAILABLE: { route: newTask },
  TASK_FAILED: { route: `${task}/result`, detail: 'TypeError: rows is not iterable' },
  TASK_CANCELLED: { route: `${task}/result`, detail: 'cancelled' },
  TASK_TIMED_OUT: { route: `${task}/result`, detail: 'The lambda ran for more than 10 s' },
  TASK_LOST: { route: `${task}/result`, detail: 'The task lost its node 5 times' },
  TASK_EXPIRED: { route: `${task}/result`, detail: 'No node took the task in time' },
};

function wrong(route: string, pointer: string, detail: string): Occurrence {
  const name = pointer === '' ? '' : `${pointer.slice(1)} `;
  return { route, detail: `${name}${detail}`, errors: [{ pointer, detail }] };
}

export function problemExample(code: ProblemCode): { summary: string; value: object } {
  const { route, errors = [], ...occurrence } = occurrences[code] ?? {};
  const { status, title } = kindOf(code);
  const fixed =
    code in problemKinds ? problemKinds[code as keyof typeof problemKinds].detail : title;
  const detail = fixed ?? occurrence.detail ?? title;
  const place = { requestId: '9e2f7a04-4a5c-4d43-8f0e-5f4b1f0b6a3d', route };
  return { summary: title, value: { ...problemFrame(code, place), title, status, detail, errors } };
}
