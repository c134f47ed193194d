import { Buffer } from 'node:buffer';
import { MAX_CONTENT_TYPE_BYTES, MAX_RESULT_BYTES } from './protocol.mjs';

/** @import { Answer } from './from-sandbox.mjs' */

// Captured before user code can replace it.
const { Response } = globalThis;
const NOTHING = Buffer.alloc(0);

/**
 * A lambda's value as an answer: a Response as it is, a string as text, undefined as 204, all else
 * as JSON. Throws what its author should read.
 *
 * @param {unknown} value
 * @returns {Answer | Promise<Answer>}
 */
export function answerOf(value) {
  if (value === undefined) return { status: 204, contentType: '', body: NOTHING };
  if (typeof value === 'string') return text('text/plain; charset=utf-8', value);
  if (value instanceof Response) return answerOfResponse(value);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    throw new TypeError('the lambda answered bare bytes: wrap them in a Response');
  }
  const json = JSON.stringify(value);
  if (json === undefined) throw new TypeError(`the lambda answered a ${typeof value}`);
  return text('application/json', json);
}

/**
 * @param {string} contentType
 * @param {string} content
 * @returns {Answer}
 */
function text(contentType, content) {
  const body = Buffer.from(content);
  refuseAbove(body.length);
  return { status: 200, contentType, body };
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function answerOfResponse(response) {
  if (response.type === 'error') throw new TypeError('the lambda answered Response.error()');
  const contentType = (response.headers.get('content-type') ?? '')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .slice(0, MAX_CONTENT_TYPE_BYTES);
  return { status: response.status, contentType, body: await bytesOf(response) };
}

/**
 * Read piece by piece, so that an endless stream ends with a clear detail and not with the memory.
 *
 * @param {Response} response
 * @returns {Promise<Buffer>}
 */
async function bytesOf({ body }) {
  if (body === null) return NOTHING;
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    refuseAbove(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** @param {number} size */
function refuseAbove(size) {
  if (size <= MAX_RESULT_BYTES) return;
  throw new RangeError(`the result is larger than ${MAX_RESULT_BYTES} bytes (at least ${size})`);
}
