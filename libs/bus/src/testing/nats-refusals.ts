import { ErrorCode, NatsError } from 'nats';

// The numbers of nats-server 2.9; 10,077 is a full store.
const refusals = { 'wrong last sequence': 10_071, 'wrong last id': 10_070, refused: 10_077 };

export function natsError(message: string, code: string): NatsError {
  return new NatsError(message, code);
}

/** What JetStream answers to a publish that it does not store. */
export function publishRefusal(kind: keyof typeof refusals): NatsError {
  return apiError(refusals[kind], kind);
}

export function apiError(code: number, description: string): NatsError {
  const error = new NatsError(description, ErrorCode.JetStreamInvalidAck);
  error.api_error = { code: 400, err_code: code, description };
  return error;
}
