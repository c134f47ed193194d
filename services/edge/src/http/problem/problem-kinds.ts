import type { ErrorCode } from '@greencloud/domain';

/** How one error code looks outside. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Said instead of the error's own message, which may speak of the inside or of a foreign id. */
  readonly detail?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

const unavailable: ProblemKind = {
  status: 503,
  title: 'A part of the service is not available',
  detail: 'Try again. A create whose answer was lost is safe to repeat with an Idempotency-Key.',
  retryAfter: 1,
};

/** The only place that turns a code into an HTTP status. */
export const problemKinds: Readonly<Record<ErrorCode, ProblemKind>> = {
  MALFORMED_JSON: { status: 400, title: 'The body is not JSON' },
  INVALID_ID: { status: 400, title: 'An id in the path is malformed' },
  INVALID_CURSOR: { status: 400, title: 'The cursor is not one of this list' },
  INVALID_PARAMETER: { status: 400, title: 'A parameter or header is not valid' },
  NEEDS_LOGIN: { status: 401, title: 'A valid access token is needed' },
  FORBIDDEN: { status: 403, title: 'The access token does not allow this' },
  TASK_NOT_FOUND: { status: 404, title: 'No such task', detail: 'You have no task with this id' },
  LAMBDA_NOT_FOUND: {
    status: 404,
    title: 'No such lambda',
    detail: 'You have no lambda with this id',
  },
  NODE_NOT_FOUND: { status: 404, title: 'No such node', detail: 'You have no node with this hash' },
  RESULT_NOT_READY: { status: 404, title: 'The task is not finished', retryAfter: 1 },
  ROUTE_NOT_FOUND: { status: 404, title: 'No such route' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The route has no such method' },
  NOT_ACCEPTABLE: { status: 406, title: 'None of the accepted media types can be given' },
  CONFLICT: { status: 409, title: 'The state has changed meanwhile' },
  FENCED: { status: 409, title: 'The attempt is over' },
  LAMBDA_PAUSED: { status: 409, title: 'The lambda is paused' },
  NODE_ALREADY_ENROLLED: { status: 409, title: 'The node is enrolled already' },
  NO_RUNNER: { status: 409, title: 'The lambda has no code' },
  TASK_ALREADY_FINISHED: { status: 409, title: 'The task is finished' },
  TASK_ALREADY_ISSUED: { status: 409, title: 'The task is issued already' },
  TASK_CANCELLED: { status: 410, title: 'The task was cancelled' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The content is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The media type of the body is not supported' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key stands for another request' },
  VALIDATION_FAILED: { status: 422, title: 'Some members are not valid' },
  NO_QUOTA_AVAILABLE: { status: 429, title: 'The quota is used up', retryAfter: 1 },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong here',
    detail: 'It is logged under the request id',
  },
  TASK_FAILED: { status: 500, title: 'The task failed' },
  OVERLOADED: {
    status: 503,
    title: 'There is too much to do',
    detail: 'Nothing was done. Try again a little later.',
    retryAfter: 1,
  },
  UNAVAILABLE: unavailable,
  DEADLINE_EXCEEDED: unavailable,
  CANCELLED: unavailable,
  TASK_TIMED_OUT: { status: 504, title: 'The task ran out of time' },
  TASK_LOST: { status: 504, title: 'The task lost its nodes' },
  TASK_EXPIRED: { status: 504, title: 'No node took the task in time' },
};
