import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { paths } from './gen/api.ts';

/** `client.GET('/v1/task/{taskId}', …)` and so on, typed by the API document. */
export type Client = FetchClient<paths>;

export interface ClientOptions {
  /** `https://greencloud.example`, without a path. */
  readonly url: string;
  /** A JWT, or how to get one; asked before each request. */
  readonly token: string | (() => string | Promise<string>);
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** A client of the REST API. It tries nothing again by itself. */
export function createClient({ url, token, fetch }: ClientOptions): Client {
  const client = createFetchClient<paths>({
    baseUrl: url,
    ...(fetch === undefined ? {} : { fetch }),
  });
  client.use({
    async onRequest({ request }) {
      const jwt = typeof token === 'string' ? token : await token();
      request.headers.set('authorization', `Bearer ${jwt}`);
    },
  });
  return client;
}
