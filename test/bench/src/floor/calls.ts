import { once } from 'node:events';
import {
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { EVENT_BYTES } from './event.ts';
import { type Rate, repeat } from './repeat.ts';

const PATH = '/bench.Echo/Echo';
const STREAM_PATH = '/bench.Echo/Exchange';
const same = (bytes: Buffer) => bytes;

/** Bytes in, bytes out: no codec, so that what is left is the call. */
const codec = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};
const echoService = {
  echo: { path: PATH, requestStream: false, responseStream: false, ...codec },
  exchange: { path: STREAM_PATH, requestStream: true, responseStream: true, ...codec },
};

export type CallFloors = Readonly<Record<'call' | 'call64' | 'message' | 'message64', Rate>>;

/** gRPC calls, and messages with their answers on one stream; server and client share this process. */
export async function measureCalls(seconds: number): Promise<CallFloors> {
  const { server, port } = await startEcho();
  const Client = makeGenericClientConstructor(echoService, 'Echo');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const call = () => {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    client.makeUnaryRequest(PATH, same, same, EVENT_BYTES, (error, answer = EVENT_BYTES) =>
      error === null ? resolve(answer) : reject(error),
    );
    return promise;
  };
  const stream = client.makeBidiStreamRequest(STREAM_PATH, same, same);
  const waiting: ((answer: Buffer) => void)[] = [];
  stream.on('data', (answer: Buffer) => waiting.shift()?.(answer));
  const exchange = () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    waiting.push(resolve);
    stream.write(EVENT_BYTES);
    return promise;
  };
  try {
    return {
      call: await repeat({ seconds, callers: 1 }, call),
      call64: await repeat({ seconds, callers: 64 }, call),
      message: await repeat({ seconds, callers: 1 }, exchange),
      message64: await repeat({ seconds, callers: 64 }, exchange),
    };
  } finally {
    stream.end();
    await once(stream, 'status');
    client.close();
    server.forceShutdown();
  }
}

async function startEcho(): Promise<{ server: Server; port: number }> {
  const server = new Server();
  const echo = (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
    answer(null, call.request);
  const exchange = (stream: ServerDuplexStream<Buffer, Buffer>) => {
    stream.on('data', (message: Buffer) => stream.write(message));
    stream.on('end', () => stream.end());
  };
  server.addService(echoService, { echo, exchange });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error === null ? resolve(port) : reject(error),
  );
  return { server, port: await promise };
}
