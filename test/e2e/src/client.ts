import { Pool } from 'undici';
import { type EventStream, itemsOf, type StreamItem } from './event-stream.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly bytes: Buffer;
  json<T = unknown>(): T;
}

export interface TaskAnswer {
  readonly id: string;
  readonly state: string;
  readonly outcome: string;
  readonly status: number;
  readonly finished: string;
  readonly attempt: number;
  readonly version: number;
  readonly result?: {
    readonly status: number;
    readonly contentType: string;
    readonly body: string;
  };
}

export interface HistoryEntry {
  readonly version: number;
  readonly type: string;
  readonly at: string;
  readonly attempt?: number;
  readonly progress?: number;
  readonly outcome?: string;
}

interface CallOptions {
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** The REST API as a stranger would call it, over at most 64 connections. */
export function restClient(edgeUrl: string, token: string) {
  const pool = new Pool(edgeUrl, { connections: 64, pipelining: 1 });

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

  async function expecting(status: number, method: string, path: string, options?: CallOptions) {
    const answer = await call(method, path, options);
    if (answer.status !== status) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    }
    return answer;
  }

  return {
    call,
    /** A task's events as they happen, on a connection of its own. */
    watch,
    /** Everything that a watch brings to its end. */
    async watched(id: string, headers?: Record<string, string>): Promise<StreamItem[]> {
      const items: StreamItem[] = [];
      for await (const item of await watch(id, headers)) items.push(item);
      return items;
    },
    async createLambda(name: string, code: string, capabilities?: Record<string, unknown>) {
      const body = { name, lang: 'js', type: 'module' };
      const created = await expecting(201, 'POST', '/v1/lambda', { body });
      const { id } = created.json<{ id: string }>();
      const headers = { 'content-type': 'text/javascript' };
      await expecting(204, 'PUT', `/v1/lambda/${id}/code`, { raw: code, headers });
      if (capabilities) {
        const demands = `/v1/lambda/${id}/capabilities`;
        const set = await call('POST', demands, { body: capabilities });
        if (set.status >= 300) throw new Error(`capabilities answered ${set.status}: ${set.text}`);
      }
      return id;
    },
    async issue(lambdaId: string, inlinePayload: string, timeout = 30) {
      const body = { lambdaId, timeout, inlinePayload };
      const answer = await expecting(201, 'POST', '/v1/task', { body });
      return answer.json<{ id: string }>().id;
    },
    async task(id: string) {
      return (await expecting(200, 'GET', `/v1/task/${id}`)).json<TaskAnswer>();
    },
    async history(id: string) {
      return (await expecting(200, 'GET', `/v1/task/${id}/history`)).json<HistoryEntry[]>();
    },
    /** Waits for the end of a task, up to a minute, and gives what the lambda answered. */
    async result(id: string) {
      return call('GET', `/v1/task/${id}/result?wait=60`);
    },
    close: () => pool.close(),
  };
}

export type RestClient = ReturnType<typeof restClient>;
