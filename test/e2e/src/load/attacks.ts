import { once, setMaxListeners } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where an attack goes, and as whom. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** Runs until the signal; resolves once it has let go of everything. */
export type Attack = (target: Target, signal: AbortSignal) => Promise<void>;

const connections = 500;
const dropMs = 250;
const idleConnections = 2_000;
const uploads = 20;
const uploadBytes = 50_000_000;

/** Headers that never end, a line each quarter of a second. */
const slowHeaders: Attack = (target, signal) =>
  drip(target, signal, `GET /v1/task/list HTTP/1.1\r\nhost: x\r\n`, (i) => `x-${i}: y\r\n`);

/** Bodies that never end, a byte each quarter of a second, of good creates. */
const slowBodies: Attack = (target, signal) =>
  drip(target, signal, headOf(target, 'content-length: 1000000'), () => ' ');

async function drip(
  target: Target,
  signal: AbortSignal,
  begin: string,
  drop: (i: number) => string,
): Promise<void> {
  const many = Array.from({ length: connections }, async () => {
    while (!signal.aborted) {
      const socket = await open(target);
      socket.write(begin);
      for (let i = 0; !signal.aborted && socket.writable; i++) {
        socket.write(drop(i));
        await pause(dropMs, signal);
      }
      socket.destroy();
    }
  });
  await Promise.all(many);
}

/** Connections that say nothing, and those that said something once; one that is cut comes again. */
const idle: Attack = async (target, signal) => {
  setMaxListeners(0, signal);
  const many = Array.from({ length: idleConnections }, async (_, i) => {
    while (!signal.aborted) {
      const socket = await open(target);
      if (i % 2 === 0) socket.write('GET /v1/nothing HTTP/1.1\r\nhost: x\r\n\r\n');
      await Promise.race([closed(socket), aborted(signal)]);
      socket.destroy();
    }
  });
  await Promise.all(many);
};

/** Uploads of 50 MB, one after the other on twenty connections: half of them say their size. */
const largeBodies: Attack = async (target, signal) => {
  const many = Array.from({ length: uploads }, async (_, i) => {
    while (!signal.aborted) await upload(target, signal, i % 2 === 0 ? 'sized' : 'chunked');
  });
  await Promise.all(many);
};

async function upload(target: Target, signal: AbortSignal, way: 'sized' | 'chunked') {
  const socket = await open(target);
  const isSized = way === 'sized';
  const framing = isSized ? `content-length: ${uploadBytes}` : 'transfer-encoding: chunked';
  socket.write(headOf(target, framing));
  const chunk = Buffer.alloc(64 * 1_024, ' ');
  const frame = Buffer.from(`${chunk.length.toString(16)}\r\n`);
  for (let sent = 0; sent < uploadBytes && socket.writable && !signal.aborted; ) {
    const room = socket.write(isSized ? chunk : Buffer.concat([frame, chunk, Buffer.from('\r\n')]));
    sent += chunk.length;
    // The other side may cut at any time.
    if (!room) await Promise.race([once(socket, 'drain'), closed(socket)]);
  }
  socket.destroy();
}

export const attacks: Readonly<Record<string, Attack>> = {
  'slow headers': slowHeaders,
  'slow bodies': slowBodies,
  'idle connections': idle,
  'bodies of 50 MB': largeBodies,
};

function headOf({ token }: Target, framing: string): string {
  return (
    `POST /v1/task HTTP/1.1\r\nhost: x\r\nauthorization: ${token}\r\n` +
    `content-type: application/json\r\n${framing}\r\n\r\n`
  );
}

async function open({ url }: Target): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  socket.resume();
  await Promise.race([once(socket, 'connect').catch(() => {}), closed(socket)]);
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
