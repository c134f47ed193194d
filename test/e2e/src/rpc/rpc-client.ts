import { readFile } from 'node:fs/promises';
import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonObject,
  type Message,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Rpc } from './contracts.ts';

/** Files of a caller's certificate; without cert and key it is nobody. */
export interface Identity {
  readonly caFile: string;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface RpcAnswer {
  /** `OK`, or the code that the error carries, else the name of its status. */
  readonly code: string;
  /** Everything that came back, as text. */
  readonly text: string;
}

export interface RpcClient {
  call(rpc: Rpc, request: JsonObject): Promise<RpcAnswer>;
  /** The same over a stream of `greencloud.rpc.v1.CallStreamService`. */
  callOverStream(rpc: Rpc, exchange: Rpc, request: JsonObject): Promise<RpcAnswer>;
  /** Sends all of these messages on one stream and reads until one matches, or to the end. */
  converse(rpc: Rpc, requests: readonly JsonObject[], until: RegExp): Promise<RpcAnswer>;
  close(): void;
}

const deadlineMs = 5_000;

export async function rpcClient(
  address: string,
  { caFile, certFile, keyFile }: Identity,
  metadata: Readonly<Record<string, string>> = {},
): Promise<RpcClient> {
  const [ca, cert, key] = await Promise.all(
    [caFile, certFile, keyFile].map(async (file) => (file === undefined ? null : readFile(file))),
  );
  const client = new Client(address, credentials.createSsl(ca, key, cert));
  const headers = new Metadata();
  for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
  const within = (ms: number) => ({ deadline: Date.now() + ms });
  const converse: RpcClient['converse'] = async (rpc, jsons, until) => {
    const { method } = rpc;
    const stream = client.makeBidiStreamRequest(
      pathOf(rpc),
      encoder(method.input),
      decoder(method.output),
      headers,
      within(deadlineMs),
    );
    for (const json of jsons) stream.write(fromJson(method.input, json));
    return read(stream, method.output, until).finally(() => stream.cancel());
  };
  return {
    async call(rpc, json) {
      const { method } = rpc;
      const request = fromJson(method.input, json);
      const stream = client.makeServerStreamRequest(
        pathOf(rpc),
        encoder(method.input),
        decoder(method.output),
        request,
        headers,
        within(deadlineMs),
      );
      return read(stream, method.output);
    },
    async callOverStream(rpc, exchange, json) {
      const { input } = rpc.method;
      const request = encoder(input)(fromJson(input, json)).toString('base64');
      const call = { method: pathOf(rpc), timeoutMs: deadlineMs, request };
      const { code, text } = await converse(exchange, [{ callId: 1, call }], /"callId":1,/);
      return { code: reasonOf([text]) ?? code, text };
    },
    converse,
    close: () => client.close(),
  };
}

function pathOf({ service, method }: Rpc): string {
  return `/${service.typeName}/${method.name}`;
}

function encoder(message: DescMessage) {
  return (value: Message) => Buffer.from(toBinary(message, value));
}

function decoder(message: DescMessage) {
  return (bytes: Buffer) => (bytes.length === 0 ? create(message) : fromBinary(message, bytes));
}

async function read(
  stream: AsyncIterable<Message>,
  output: DescMessage,
  until?: RegExp,
): Promise<RpcAnswer> {
  const messages: string[] = [];
  try {
    for await (const message of stream) {
      messages.push(textOf(output, message));
      if (until?.test(messages.at(-1) ?? '')) break;
    }
    return { code: 'OK', text: messages.join('\n') };
  } catch (error) {
    const { code, details, metadata } = error as ServiceError;
    const rich = metadata?.get('grpc-status-details-bin').map((part) => part.toString('latin1'));
    const said = [...messages, details, JSON.stringify(metadata?.getMap()), ...(rich ?? [])];
    return { code: reasonOf(rich) ?? status[code] ?? String(error), text: said.join('\n') };
  }
}

/** As JSON, and as its bytes: what JSON writes as base64 may be text. */
function textOf(output: DescMessage, message: Message): string {
  const bytes = Buffer.from(toBinary(output, message)).toString('latin1');
  return `${JSON.stringify(toJson(output, message))}\n${bytes}`;
}

// google.rpc.ErrorInfo on the wire: its reason, then its domain as field 2 of 10 bytes.
const domain = '\u0012\ngreencloud';

function reasonOf(rich: readonly string[] | undefined): string | undefined {
  const [before, after] = (rich?.join('') ?? '').split(domain);
  return after === undefined ? undefined : /[A-Z][A-Z_]+$/.exec(before ?? '')?.[0];
}
