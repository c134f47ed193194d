import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

export interface StreamedEvent {
  readonly event: string;
  readonly id: string;
  /** Goes out as one line of JSON. */
  readonly data: object;
}

const reconnectMs = 1_000;

/**
 * Writes events as `text/event-stream` (HTML Living Standard, section 9.2) with a comment each
 * `commentMs`. Ends cleanly when the source ends or the signal aborts; a source that fails cuts the
 * connection, so that the client comes back with `Last-Event-ID`.
 */
export async function writeEventStream(
  response: ServerResponse,
  source: AsyncIterable<StreamedEvent>,
  { signal, commentMs }: { signal: AbortSignal; commentMs: number },
): Promise<void> {
  response.write(`retry:${reconnectMs}\n\n`);
  const comments = setInterval(() => comment(response), commentMs);
  try {
    for await (const event of source) await send(response, event, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(comments);
  }
  response.end();
}

// A client that has not read 16 KiB since the last comment never will.
function comment(response: ServerResponse): void {
  if (response.writableNeedDrain) response.destroy();
  else response.write(':\n\n');
}

async function send(
  response: ServerResponse,
  { event, id, data }: StreamedEvent,
  signal: AbortSignal,
): Promise<void> {
  const room = response.write(`event:${event}\nid:${id}\ndata:${JSON.stringify(data)}\n\n`);
  if (!room) await once(response, 'drain', { signal });
}
