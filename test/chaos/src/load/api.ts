import { Pool } from 'undici';
import type { Ending } from '../history/operation.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

type Sent = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** Longer than the edge's own deadlines: whoever is quicker to give up only knows less. */
const LIMIT_MS = 15_000;

export type Heard =
  | { readonly kind: 'heard'; readonly answer: Answer }
  | { readonly kind: 'silence'; readonly why: string };

/** The REST door as a client that bears harm: an answer, a refusal, or not knowing. */
export type Api = {
  /** Whatever was answered, also a refusal; `silence` when nothing was. */
  ask(method: string, path: string, sent?: Sent): Promise<Heard>;
  call(method: string, path: string, sent?: Sent): Promise<Ending<Answer>>;
  /** For the preparation, while nothing is harmed: throws on everything but an answer. */
  demand<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
};

export function openApi(edgeUrl: string, token: string): Api {
  const pool = new Pool(edgeUrl, { connections: 64, pipelining: 1 });
  const authorization = `Bearer ${token}`;

  const send = async (method: string, path: string, { body, headers }: Sent = {}) => {
    const isText = typeof body === 'string';
    const type = isText ? 'text/javascript' : 'application/json';
    const answer = await pool.request({
      method,
      path,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      body: body === undefined ? null : isText ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  const ask: Api['ask'] = async (method, path, sent) => {
    try {
      return { kind: 'heard', answer: await send(method, path, sent) };
    } catch (error) {
      return { kind: 'silence', why: nameOf(error) };
    }
  };
  const call: Api['call'] = async (method, path, sent) => {
    const heard = await ask(method, path, sent);
    return heard.kind === 'heard' ? endingOf(heard.answer) : { kind: 'unknown', why: heard.why };
  };
  return {
    ask,
    call,
    demand: async <T>(method: string, path: string, body?: unknown) => {
      const answer = await send(method, path, { body });
      if (answer.status >= 300)
        throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
    },
    close: () => pool.destroy(),
  };
}

/** 429 and 503 stand for "not now", a broken answer for nothing: only the other 4xx are a no. */
function endingOf(answer: Answer): Ending<Answer> {
  const { status, text } = answer;
  if (status < 400) return { kind: 'answered', answer };
  const code = codeOf(text);
  if (status < 500 && status !== 408 && status !== 429) return { kind: 'refused', status, code };
  return { kind: 'unknown', why: `${status} ${code}` };
}

export function codeOf(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === 'string' ? code : '';
  } catch {
    return '';
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
