import { DomainError } from '@greencloud/domain';
import type { Content } from './task-services.ts';

const json = 'application/json';
const text = 'text/plain';

/** What `inlinePayload` may be. */
export type InlinePayload = string | object;

/** The bytes that the lambda gets. Throws `PAYLOAD_TOO_LARGE`. */
export function payloadOf(given: InlinePayload | undefined, maxBytes: number): Content | undefined {
  if (given === undefined) return undefined;
  const body = Buffer.from(typeof given === 'string' ? given : JSON.stringify(given), 'utf8');
  if (body.length > maxBytes) {
    const detail = `is ${body.length} bytes, and may be at most ${maxBytes}`;
    throw new DomainError('PAYLOAD_TOO_LARGE', `inlinePayload ${detail}`, [
      { pointer: '/inlinePayload', detail },
    ]);
  }
  const contentType = typeof given === 'string' && !isJson(given) ? text : json;
  return { contentType, body };
}

function isJson(candidate: string): boolean {
  try {
    JSON.parse(candidate);
    return true;
  } catch {
    return false;
  }
}
