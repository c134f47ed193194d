import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What a route answers when all goes well. HTTP numbers of success live here and nowhere else. */
export type Answer =
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly headers: OutgoingHttpHeaders;
      /** Plain objects go out as JSON, bytes and text as they are. */
      readonly body: object | string | undefined;
    }
  /** The route writes the body itself, until the promise resolves. */
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers: OutgoingHttpHeaders;
      readonly write: (response: ServerResponse) => Promise<void>;
    };

/** The ways in which a route can succeed, and the only place that knows their HTTP numbers. */
export const successStatus = {
  ok: 200,
  created: 201,
  'no content': 204,
  'not modified': 304,
} as const;

export type SuccessName = keyof typeof successStatus;

// Answers belong to one tenant and change: a cache may keep them only to ask again.
const revalidate = { 'cache-control': 'private, no-cache' };

export function ok(body: object, headers: OutgoingHttpHeaders = {}): Answer {
  return whole('ok', { ...revalidate, ...headers }, body);
}

export function created(body: object, headers: OutgoingHttpHeaders = {}): Answer {
  return whole('created', headers, body);
}

export function noContent(headers: OutgoingHttpHeaders = {}): Answer {
  return whole('no content', headers, undefined);
}

export function notModified(headers: OutgoingHttpHeaders): Answer {
  return whole('not modified', { ...revalidate, ...headers }, undefined);
}

/** What a lambda answered, under its own status; 200 where that is none of a final answer. */
export function relayed(status: number, headers: OutgoingHttpHeaders, body: Buffer): Answer {
  const final = status >= 200 && status <= 599 ? status : successStatus.ok;
  return { kind: 'whole', status: final, headers: { ...revalidate, ...headers }, body };
}

export function eventStream(write: (response: ServerResponse) => Promise<void>): Answer {
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Proxies such as nginx would otherwise keep the events until their buffer is full.
    'x-accel-buffering': 'no',
  };
  return { kind: 'stream', status: successStatus.ok, headers, write };
}

function whole(
  name: SuccessName,
  headers: OutgoingHttpHeaders,
  body: object | string | undefined,
): Answer {
  return { kind: 'whole', status: successStatus[name], headers, body };
}
