import { DomainError } from '@greencloud/domain';
import type { Client, ClientDuplexStream, Metadata, MethodDefinition } from '@grpc/grpc-js';
import { streamDeadline } from './server-stream.ts';
import { ignoreLateErrors, readStream } from './stream-reader.ts';

export interface Duplex<Req, Res> {
  /** Ends with the server's status: throws a DomainError unless that is OK. */
  readonly responses: AsyncIterable<Res>;
  /** Resolves when there is room for more; rejects after `end` and when the call has ended. */
  send(message: Req): Promise<void>;
  /** No more messages from here; responses still come. */
  end(): void;
  cancel(): void;
}

export function openDuplex<Req, Res>(
  client: Client,
  method: MethodDefinition<Req, Res>,
  metadata: Metadata,
  options: { signal?: AbortSignal; deadline?: number; deadlineMs?: number } = {},
): Duplex<Req, Res> {
  const stream = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    metadata,
    { deadline: streamDeadline(options) },
  );
  ignoreLateErrors(stream);
  let state: 'open' | 'ended' = 'open';
  stream.once('status', () => {
    state = 'ended';
  });
  // One wait for all who send meanwhile: each with listeners of its own would be hundreds.
  let room: Promise<void> | undefined;
  const untilRoom = () => {
    room ??= nextRoom(stream).finally(() => {
      room = undefined;
    });
    return room;
  };
  return {
    responses: readStream(stream, options.signal),
    send(message) {
      if (state === 'ended') return Promise.reject(ended());
      return stream.write(message) ? Promise.resolve() : untilRoom();
    },
    // A write after the end would break the stream, and with it the answers that still come.
    end: () => {
      state = 'ended';
      stream.end();
    },
    cancel: () => stream.cancel(),
  };
}

function nextRoom<Req, Res>(stream: ClientDuplexStream<Req, Res>): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = () => {
      stream.off('status', onStatus);
      resolve();
    };
    const onStatus = () => {
      stream.off('drain', onDrain);
      reject(ended());
    };
    stream.once('drain', onDrain);
    stream.once('status', onStatus);
  });
}

function ended(): DomainError {
  return new DomainError('UNAVAILABLE', 'the stream has ended');
}
