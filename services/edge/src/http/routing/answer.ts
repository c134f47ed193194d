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

// Answers belong to one tenant and change: a cache may keep them only to ask again.
const revalidate = { 'cache-control': 'private, no-cache' };

export function ok(body: object, headers: OutgoingHttpHeaders = {}): Answer {
  return { kind: 'whole', status: 200, headers: { ...revalidate, ...headers }, body };
}

export function created(body: object, headers: OutgoingHttpHeaders = {}): Answer {
  return { kind: 'whole', status: 201, headers, body };
}

export function noContent(headers: OutgoingHttpHeaders = {}): Answer {
  return { kind: 'whole', status: 204, headers, body: undefined };
}

export function notModified(headers: OutgoingHttpHeaders): Answer {
  return { kind: 'whole', status: 304, headers: { ...revalidate, ...headers }, body: undefined };
}

/** What a lambda answered, under its own status; 200 where that is none of a final answer. */
export function relayed(status: number, headers: OutgoingHttpHeaders, body: Buffer): Answer {
  const final = status >= 200 && status <= 599 ? status : 200;
  return { kind: 'whole', status: final, headers: { ...revalidate, ...headers }, body };
}

export function eventStream(write: (response: ServerResponse) => Promise<void>): Answer {
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Proxies such as nginx would otherwise keep the events until their buffer is full.
    'x-accel-buffering': 'no',
  };
  return { kind: 'stream', status: 200, headers, write };
}
