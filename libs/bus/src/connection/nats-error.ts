import { ErrorCode, type NatsError } from 'nats';

/** What a failed JetStream call says about the stream. */
export type Failure = 'wrong_last' | 'no_stream' | 'refused' | 'timeout' | 'connection';

// The server's own numbers: https://github.com/nats-io/nats-server/blob/v2.9.10/server/errors.json
const streamNotFound = 10059;
const nameInUse = 10058;
const noMessage = 10037;
const wrongLast: ReadonlySet<number> = new Set([10070, 10071]);

const failureOfCode: Partial<Record<string, Failure>> = {
  [ErrorCode.NoResponders]: 'no_stream',
  [ErrorCode.ConnectionClosed]: 'connection',
  [ErrorCode.ConnectionDraining]: 'connection',
  // An event larger than the server takes at all.
  [ErrorCode.MaxPayloadExceeded]: 'refused',
};

function apiCode(error: unknown): number | undefined {
  return isNatsError(error) ? error.api_error?.err_code : undefined;
}

function isNatsError(error: unknown): error is NatsError {
  return error instanceof Error && error.name === 'NatsError';
}

export function isStreamNotFound(error: unknown): boolean {
  return apiCode(error) === streamNotFound;
}

export function isNameInUse(error: unknown): boolean {
  return apiCode(error) === nameInUse;
}

export function isMessageNotFound(error: unknown): boolean {
  return apiCode(error) === noMessage;
}

/** Unknown kinds count as a timeout: the outcome may be anything, so it is asked for. */
export function failureOf(error: unknown): Failure {
  const api = apiCode(error);
  if (api !== undefined && wrongLast.has(api)) return 'wrong_last';
  if (api === streamNotFound) return 'no_stream';
  if (api !== undefined) return 'refused';
  return (isNatsError(error) ? failureOfCode[error.code] : undefined) ?? 'timeout';
}
