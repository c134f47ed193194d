import { Buffer } from 'node:buffer';
import { allocateFrame } from './frames.mjs';
import { kinds } from './protocol.mjs';

/**
 * @typedef {object} Execute
 * @property {number} number Names this execution in this sandbox; every message about it carries it.
 * @property {string} taskId 24 hex characters.
 * @property {number} attempt
 * @property {number} deadline ms since the epoch
 * @property {string} contentType '' when there is no payload
 * @property {Uint8Array} body
 */

const TASK_ID_BYTES = 24;

/**
 * @param {Uint8Array} code
 * @returns {Buffer}
 */
export function encodeLoad(code) {
  const { frame, offset } = allocateFrame(kinds.load, code.length);
  frame.set(code, offset);
  return frame;
}

/**
 * @param {Execute} execute
 * @returns {Buffer}
 */
export function encodeExecute({ number, taskId, attempt, deadline, contentType, body }) {
  const typeBytes = Buffer.byteLength(contentType);
  const size = 4 + 4 + 8 + TASK_ID_BYTES + 2 + typeBytes + body.length;
  const { frame, offset } = allocateFrame(kinds.execute, size);
  let at = frame.writeUInt32LE(number, offset);
  at = frame.writeUInt32LE(attempt, at);
  at = frame.writeDoubleLE(deadline, at);
  at += frame.write(taskId, at, TASK_ID_BYTES, 'latin1');
  at = frame.writeUInt16LE(typeBytes, at);
  at += frame.write(contentType, at);
  frame.set(body, at);
  return frame;
}

/**
 * @param {Buffer} body
 * @returns {Execute}
 */
export function decodeExecute(body) {
  const taskIdEnd = 16 + TASK_ID_BYTES;
  const typeEnd = taskIdEnd + 2 + body.readUInt16LE(taskIdEnd);
  return {
    number: body.readUInt32LE(0),
    attempt: body.readUInt32LE(4),
    deadline: body.readDoubleLE(8),
    taskId: body.toString('latin1', 16, taskIdEnd),
    contentType: body.toString('utf8', taskIdEnd + 2, typeEnd),
    body: body.subarray(typeEnd),
  };
}

/**
 * @param {number} number
 * @param {'cancel' | 'deadline'} reason
 * @returns {Buffer}
 */
export function encodeAbort(number, reason) {
  const { frame, offset } = allocateFrame(kinds.abort, 5);
  frame[frame.writeUInt32LE(number, offset)] = reason === 'cancel' ? 1 : 2;
  return frame;
}

/**
 * @param {Buffer} body
 * @returns {{ number: number, reason: 'cancel' | 'deadline' }}
 */
export function decodeAbort(body) {
  return { number: body.readUInt32LE(0), reason: body[4] === 1 ? 'cancel' : 'deadline' };
}
