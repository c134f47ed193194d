import { Socket } from 'node:net';
import process from 'node:process';
import { FrameReader } from './frames.mjs';
import { MAX_AGENT_FRAME_BYTES } from './protocol.mjs';

const CHANNEL_FD = 3;

/** @typedef {{ send(frame: Buffer): void }} Channel */

/**
 * The pipe to the agent. Its end is the end of this process: without an agent nothing here is of
 * use to anyone.
 *
 * @param {(kind: number, body: Buffer) => void} onFrame
 * @returns {Channel}
 */
export function openChannel(onFrame) {
  const socket = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
  const reader = new FrameReader(MAX_AGENT_FRAME_BYTES, onFrame);
  const exit = process.exit.bind(process, 0);
  socket.on('data', (chunk) => reader.push(chunk));
  socket.on('end', exit);
  socket.on('error', exit);
  return { send: (frame) => void socket.write(frame) };
}
