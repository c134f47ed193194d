import { type components, createClient, dataOf, type TaskEvent } from '@greencloud/client';
import { Pool } from 'undici';
import { type EventStream, itemsOf, type StreamItem } from './event-stream.ts';
import { fetchOver } from './pool-fetch.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly bytes: Buffer;
  json<T = unknown>(): T;
}

type Capabilities = components['schemas']['LambdaCapabilities'];

/** What the kinds of events have in common, or some of them. */
export type HistoryEntry = Pick<TaskEvent, 'version' | 'type' | 'at' | 'atMs'> & {
  readonly attempt?: number;
  readonly progress?: number;
  readonly outcome?: string;
};

interface CallOptions {
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/**
 * The REST API as a stranger would call it: good requests go through the client that is generated
 * from the API document, which is so proven by use; `call` sends what no client would.
 */
export function restClient(edgeUrl: string, token: string, connections = 64) {
  const pool = new Pool(edgeUrl, { connections, pipelining: 1 });

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, raw, headers } = options;
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const content = raw ?? (body === undefined ? null : JSON.stringify(body));
    const response = await pool.request({
      method,
      path,
      headers: { ...(token && { authorization: token }), ...type, ...headers },
      body: content,
    });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const text = bytes.toString('utf8');
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      bytes,
      json: <T>() => JSON.parse(text) as T,
    };
  }

  async function watch(id: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const response = await pool.request({
      method: 'GET',
      path: `/v1/task/${id}/watch`,
      headers: { ...(token && { authorization: token }), ...headers },
    });
    // A stream that was cut or given up is no error of a test that looks at what had come.
    response.body.on('error', () => {});
    return {
      status: response.statusCode,
      headers: response.headers,
      text: () => response.body.text(),
      cancel: () => void response.body.destroy(),
      [Symbol.asyncIterator]: () => itemsOf(response.body)[Symbol.asyncIterator](),
    };
  }

  const client = createClient({ url: edgeUrl, token, fetch: fetchOver(pool) });

  return {
    call,
    /** The generated client. */
    client,
    /** A task's events as they happen, on a connection of its own. */
    watch,
    /** Everything that a watch brings to its end. */
    async watched(id: string, headers?: Record<string, string>): Promise<StreamItem[]> {
      const items: StreamItem[] = [];
      for await (const item of await watch(id, headers)) items.push(item);
      return items;
    },
    async createLambda(name: string, code: string, capabilities?: Capabilities) {
      const body = { name, lang: 'js', type: 'module' } as const;
      const { id } = dataOf(await client.POST('/v1/lambda', { body }));
      const params = { path: { lambdaId: id } };
      dataOf(
        await client.PUT('/v1/lambda/{lambdaId}/code', {
          params,
          body: code,
          bodySerializer: String,
          headers: { 'content-type': 'text/javascript' },
        }),
      );
      if (capabilities !== undefined) {
        const path = '/v1/lambda/{lambdaId}/capabilities';
        dataOf(await client.POST(path, { params, body: capabilities }));
      }
      return id;
    },
    async issue(lambdaId: string, inlinePayload: string, timeout = 30) {
      const body = { lambdaId, timeout, inlinePayload };
      return dataOf(await client.POST('/v1/task', { body })).id;
    },
    async task(id: string) {
      return dataOf(await client.GET('/v1/task/{taskId}', { params: { path: { taskId: id } } }));
    },
    async history(id: string): Promise<HistoryEntry[]> {
      const params = { path: { taskId: id } };
      return dataOf(await client.GET('/v1/task/{taskId}/history', { params }));
    },
    /** Waits for the end of a task, up to a minute, and gives what the lambda answered. */
    async result(id: string) {
      return call('GET', `/v1/task/${id}/result?wait=60`);
    },
    close: () => pool.close(),
  };
}

export type RestClient = ReturnType<typeof restClient>;
