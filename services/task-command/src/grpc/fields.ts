import { DomainError } from '@greencloud/domain';
import type { Content as ProtoContent } from '@greencloud/proto/task/v1/task';
import type { Content } from '../append/append-request.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const mediaType = /^[\x20-\x7e]{1,255}$/;

export function invalid(message: string): DomainError {
  return new DomainError('VALIDATION_FAILED', message);
}

/** Throws INVALID_ID. */
export function commandId(text: string): string {
  const id = text.toLowerCase();
  if (!uuid.test(id)) throw new DomainError('INVALID_ID', 'command_id must be a UUID');
  return id;
}

/** Throws VALIDATION_FAILED, as all below. */
export function integer(name: string, value: number, min: number, max: number): number {
  if (value < min || value > max) throw invalid(`${name} must be ${min}..${max}`);
  return value;
}

export function text(name: string, value: string, maxLength: number): string {
  if (value.length > maxLength) throw invalid(`${name} has more than ${maxLength} characters`);
  // No text of Postgres can hold it, and all that follow the log may keep it in one.
  if (value.includes('\0')) throw invalid(`${name} holds a NUL character`);
  return value;
}

export function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw invalid(`${name} is missing`);
  return value;
}

/** Throws PAYLOAD_TOO_LARGE, too. */
export function content(
  name: string,
  value: ProtoContent | undefined,
  maxBytes: number,
): Content | undefined {
  if (value === undefined) return undefined;
  const { contentType, body } = value;
  if (!mediaType.test(contentType)) throw invalid(`${name}.content_type must be 1..255 ASCII`);
  if (body.byteLength > maxBytes) {
    throw new DomainError('PAYLOAD_TOO_LARGE', `${name} has more than ${maxBytes} bytes`);
  }
  return { contentType, body };
}
