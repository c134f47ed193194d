import {
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { EVENT_BYTES } from './event.ts';
import { type Rate, repeat } from './repeat.ts';

const PATH = '/bench.Echo/Echo';
const same = (bytes: Buffer) => bytes;

/** Bytes in, bytes out: no codec, so that what is left is the call. */
const echoService = {
  echo: {
    path: PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};

export type CallFloors = { readonly call: Rate; readonly call64: Rate };

/** Unary gRPC calls; server and client share this process. */
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
  try {
    return {
      call: await repeat({ seconds, callers: 1 }, call),
      call64: await repeat({ seconds, callers: 64 }, call),
    };
  } finally {
    client.close();
    server.forceShutdown();
  }
}

async function startEcho(): Promise<{ server: Server; port: number }> {
  const server = new Server();
  const echo = (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
    answer(null, call.request);
  server.addService(echoService, { echo });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error === null ? resolve(port) : reject(error),
  );
  return { server, port: await promise };
}
