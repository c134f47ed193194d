import { Buffer } from 'node:buffer';
import { allocateFrame, FrameError } from './frames.mjs';
import { kinds, MAX_CONTENT_TYPE_BYTES, MAX_DETAIL_LENGTH, MAX_RESULT_BYTES } from './protocol.mjs';

/**
 * @typedef {object} Answer
 * @property {number} status 200..599
 * @property {string} contentType
 * @property {Uint8Array} body
 */

/**
 * `started`: the runner runs; whatever fails before it is the node's fault and not the lambda's.
 * `ready`: the module is loaded.
 *
 * @param {'started' | 'ready'} kind
 * @returns {Buffer}
 */
export function encodeMilestone(kind) {
  return allocateFrame(kinds[kind], 0).frame;
}

/**
 * @param {number} number
 * @param {Answer} answer
 * @returns {Buffer}
 */
export function encodeAnswer(number, { status, contentType, body }) {
  const type = Buffer.from(contentType).subarray(0, MAX_CONTENT_TYPE_BYTES);
  const { frame, offset } = allocateFrame(kinds.answer, 4 + 2 + 2 + type.length + body.length);
  let at = frame.writeUInt32LE(number, offset);
  at = frame.writeUInt16LE(status, at);
  at = frame.writeUInt16LE(type.length, at);
  frame.set(type, at);
  frame.set(body, at + type.length);
  return frame;
}

/**
 * `failure`: the lambda threw. `broken`: an error outside of any task; the process is spent.
 * `loadFailed`: the module cannot be used. The last two carry a number of 0 or of what ran.
 *
 * @param {'failure' | 'broken' | 'loadFailed'} kind
 * @param {number} number
 * @param {string} detail
 * @returns {Buffer}
 */
export function encodeTrouble(kind, number, detail) {
  const text = Buffer.from(detail.slice(0, MAX_DETAIL_LENGTH));
  const { frame, offset } = allocateFrame(kinds[kind], 4 + text.length);
  frame.set(text, frame.writeUInt32LE(number, offset));
  return frame;
}

/**
 * @param {number} number
 * @param {number} percent 0..100
 * @returns {Buffer}
 */
export function encodeProgress(number, percent) {
  const { frame, offset } = allocateFrame(kinds.progress, 5);
  frame[frame.writeUInt32LE(number, offset)] = percent;
  return frame;
}

/**
 * @typedef {(
 *   | { kind: 'started' | 'ready' }
 *   | { kind: 'answer', number: number, answer: Answer }
 *   | { kind: 'failure' | 'broken' | 'loadFailed', number: number, detail: string }
 *   | { kind: 'progress', number: number, percent: number }
 * )} SandboxMessage
 */

/**
 * What a sandbox said. Every byte of it may have been written by user code: throws FrameError at
 * anything that the runner would not have sent.
 *
 * @param {number} kind
 * @param {Buffer} body
 * @returns {SandboxMessage}
 */
export function decodeSandboxMessage(kind, body) {
  switch (kind) {
    case kinds.started:
      return { kind: 'started' };
    case kinds.ready:
      return { kind: 'ready' };
    case kinds.answer:
      return decodeAnswer(body);
    case kinds.failure:
      return decodeTrouble('failure', body);
    case kinds.broken:
      return decodeTrouble('broken', body);
    case kinds.loadFailed:
      return decodeTrouble('loadFailed', body);
    case kinds.progress:
      return decodeProgress(body);
    default:
      throw new FrameError(`a frame of the unknown kind ${kind}`);
  }
}

/**
 * @param {Buffer} body
 * @returns {SandboxMessage}
 */
function decodeAnswer(body) {
  atLeast(body, 8);
  const status = body.readUInt16LE(4);
  const typeEnd = 8 + body.readUInt16LE(6);
  const result = body.subarray(typeEnd);
  if (status < 200 || status > 599) throw new FrameError(`an answer with status ${status}`);
  if (typeEnd > body.length) throw new FrameError('an answer that is cut off');
  if (typeEnd - 8 > MAX_CONTENT_TYPE_BYTES) throw new FrameError('a content type too long');
  if (result.length > MAX_RESULT_BYTES) throw new FrameError('a result above the limit');
  const contentType = printable(body.toString('latin1', 8, typeEnd));
  return {
    kind: 'answer',
    number: body.readUInt32LE(0),
    answer: { status, contentType, body: result },
  };
}

/**
 * @param {'failure' | 'broken' | 'loadFailed'} kind
 * @param {Buffer} body
 * @returns {SandboxMessage}
 */
function decodeTrouble(kind, body) {
  atLeast(body, 4);
  // At most 4 bytes a character, and no more is looked at.
  const detail = body.toString('utf8', 4, 4 + 4 * MAX_DETAIL_LENGTH).slice(0, MAX_DETAIL_LENGTH);
  return { kind, number: body.readUInt32LE(0), detail };
}

/**
 * @param {Buffer} body
 * @returns {SandboxMessage}
 */
function decodeProgress(body) {
  atLeast(body, 5);
  const percent = body.readUInt8(4);
  if (percent > 100) throw new FrameError(`a progress of ${percent}`);
  return { kind: 'progress', number: body.readUInt32LE(0), percent };
}

/**
 * @param {Buffer} body
 * @param {number} bytes
 */
function atLeast(body, bytes) {
  if (body.length < bytes) throw new FrameError('a frame that is too short');
}

/**
 * A content type becomes an HTTP header later: no line breaks, no control characters.
 *
 * @param {string} contentType
 */
function printable(contentType) {
  if (!/^[\x20-\x7e]*$/.test(contentType)) throw new FrameError('a content type that is not text');
  return contentType;
}
