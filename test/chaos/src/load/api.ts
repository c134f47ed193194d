import type { Ending } from '../history/operation.ts';
import { type Answer, openEdges } from './edges.ts';

type Sent = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly patience?: AbortSignal;
};

export type Heard =
  | { readonly kind: 'heard'; readonly answer: Answer }
  | { readonly kind: 'silence'; readonly why: string };

/** The REST door as a client that bears harm: an answer, a refusal, or not knowing. */
export type Api = {
  /** Whatever was answered, also a refusal; `silence` when nothing was. */
  ask(method: string, path: string, sent?: Sent): Promise<Heard>;
  /** As `ask`, and a part of an answer is heard too. */
  listen(path: string, sent?: Sent): Promise<Heard>;
  call(method: string, path: string, sent?: Sent): Promise<Ending<Answer>>;
  /** For the preparation, while nothing is harmed: throws on everything but an answer. */
  demand<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
};

export function openApi(edgeUrls: readonly string[], token: string): Api {
  const edges = openEdges(edgeUrls);
  const authorization = `Bearer ${token}`;

  const send = (method: string, path: string, { body, headers, patience }: Sent = {}) => {
    const isText = typeof body === 'string';
    const type = isText ? 'text/javascript' : 'application/json';
    return edges.send({
      method,
      path,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      body: body === undefined ? null : isText ? body : JSON.stringify(body),
      patience,
    });
  };
  const hear = async (method: string, path: string, sent?: Sent): Promise<Heard> => {
    try {
      return { kind: 'heard', answer: await send(method, path, sent) };
    } catch (error) {
      return { kind: 'silence', why: nameOf(error) };
    }
  };
  const ask: Api['ask'] = async (method, path, sent) => {
    const heard = await hear(method, path, sent);
    if (heard.kind === 'silence' || heard.answer.came === 'whole') return heard;
    return { kind: 'silence', why: heard.answer.came };
  };
  const call: Api['call'] = async (method, path, sent) => {
    const heard = await ask(method, path, sent);
    return heard.kind === 'heard' ? endingOf(heard.answer) : { kind: 'unknown', why: heard.why };
  };
  return {
    ask,
    call,
    listen: (path, sent) => hear('GET', path, sent),
    demand: async <T>(method: string, path: string, body?: unknown) => {
      const answer = await send(method, path, { body });
      if (answer.status >= 300 || answer.came !== 'whole')
        throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
    },
    close: () => edges.close(),
  };
}

/** 429 and 503 stand for "not now", a broken answer for nothing: only the other 4xx are a no. */
export function endingOf(answer: Answer): Ending<Answer> {
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
