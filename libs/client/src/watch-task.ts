import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Client } from './create-client.ts';
import type { components } from './gen/api.ts';
import { dataOf } from './problem-error.ts';

export type TaskEvent = components['schemas']['TaskEvent'];

export interface WatchOptions {
  /** Events up to this version are not told again; default 0. */
  readonly afterVersion?: number;
  readonly signal?: AbortSignal;
}

const reconnectMs = 1_000;

/**
 * A task's events, from the first one to `TaskFinished`. A stream that breaks is taken up again
 * behind the last event; a connection that cannot be made throws.
 */
export async function* watchTask(
  client: Client,
  taskId: string,
  { afterVersion = 0, signal }: WatchOptions = {},
): AsyncGenerator<TaskEvent> {
  let after = afterVersion;
  for (;;) {
    const stream = await openStream(client, taskId, after, signal);
    if (stream === undefined) return;
    try {
      for await (const event of eventsOf(stream)) {
        after = event.version;
        yield event;
        if (event.type === 'TaskFinished') return;
      }
    } catch (error) {
      if (signal?.aborted === true || !isBrokenStream(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, reconnectMs));
    signal?.throwIfAborted();
  }
}

/** Undefined when there is nothing more to come. */
async function openStream(
  client: Client,
  taskId: string,
  after: number,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const answer = await client.GET('/v1/task/{taskId}/watch', {
    params: { path: { taskId }, header: { 'Last-Event-ID': String(after) } },
    parseAs: 'stream',
    ...(signal === undefined ? {} : { signal }),
  });
  return answer.response.status === 204 ? undefined : (dataOf(answer) ?? undefined);
}

async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<TaskEvent> {
  const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
  const messages = stream.pipeThrough(decoder).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) yield JSON.parse(data) as TaskEvent;
}

// What fetch says of a connection that ends in the middle of a body.
function isBrokenStream(error: unknown): boolean {
  return error instanceof TypeError;
}
