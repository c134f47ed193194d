import type { Pool } from 'undici';

// RFC 9110, 15: these have no body, and `Response` refuses to be given one.
const bodiless = new Set([204, 304]);

/** `fetch` over a pool: the global one opens as many connections as there are requests. */
export function fetchOver(pool: Pool): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const sent = Buffer.from(await request.arrayBuffer());
    const { statusCode, headers, body } = await pool.request({
      method: request.method,
      path: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      body: sent.length === 0 ? null : sent,
    });
    const received = await body.arrayBuffer();
    return new Response(bodiless.has(statusCode) ? null : received, {
      status: statusCode,
      headers: Object.entries(headers).flatMap(([name, value = '']) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
    });
  };
}
