/** Every refusal has its own name. The REST contract's codes first, the ones that stay inside after them. */
export const errorCodes = [
  'MALFORMED_JSON',
  'INVALID_ID',
  'INVALID_CURSOR',
  'INVALID_PARAMETER',
  'NEEDS_LOGIN',
  'FORBIDDEN',
  'TASK_NOT_FOUND',
  'LAMBDA_NOT_FOUND',
  'NODE_NOT_FOUND',
  'RESULT_NOT_READY',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'NO_RUNNER',
  'LAMBDA_PAUSED',
  'TASK_ALREADY_FINISHED',
  'NODE_ALREADY_ENROLLED',
  'VALIDATION_FAILED',
  'IDEMPOTENCY_KEY_REUSED',
  'NO_QUOTA_AVAILABLE',
  'OVERLOADED',
  'UNAVAILABLE',
  'TASK_FAILED',
  'TASK_TIMED_OUT',
  'TASK_LOST',
  'TASK_EXPIRED',
  'TASK_CANCELLED',
  'TASK_ALREADY_ISSUED',
  'CONFLICT',
  'FENCED',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One wrong member of an input, by JSON pointer (RFC 6901). */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** The one error that crosses borders: its code decides the gRPC status and the HTTP status. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];

  constructor(code: ErrorCode, message: string, fields: readonly FieldError[] = []) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

export function isErrorCode(value: string): value is ErrorCode {
  return (errorCodes as readonly string[]).includes(value);
}
