import type { IncomingMessage, ServerResponse } from 'node:http';

// Enough for a client that has sent all it has before it reads the answer; 50 MB uploads are cut.
const maxBytes = 8 * 1024 * 1024;
const maxMs = 2_000;

/**
 * An answer that comes before the body was read: what still arrives is thrown away for a while.
 * Closing at once would reset the connection and take the answer with it.
 */
export function discardUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) return;
  // The client waits for "100 Continue" and, seeing an answer instead, sends nothing.
  if (request.headers.expect !== undefined) return;
  let bytes = 0;
  const cut = () => void request.socket.destroy();
  const timer = setTimeout(cut, maxMs).unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes && response.writableFinished) cut();
  });
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}
