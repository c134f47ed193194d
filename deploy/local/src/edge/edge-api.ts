/** Calls the edge as any client does. */
export type EdgeApi = {
  /** Sends JSON, or text as it is, and gives the answer's JSON; `undefined` for an empty one. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<unknown>;
};

/** The edge refused: its status and what its problem document says. */
export class EdgeError extends Error {
  override readonly name = 'EdgeError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LIMIT_MS = 20_000;

export function createEdgeApi(edgeUrl: string, token: string, signal: AbortSignal): EdgeApi {
  return {
    call: async (method, path, body) => {
      const response = await fetch(`${edgeUrl}${path}`, {
        method,
        signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
        headers: { authorization: `Bearer ${token}`, 'content-type': typeOf(body) },
        ...(body === undefined ? {} : { body: encode(body) }),
      });
      const text = await response.text();
      if (!response.ok) {
        throw new EdgeError(response.status, `${method} ${path}: ${response.status} ${text}`);
      }
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

function typeOf(body: unknown): string {
  return typeof body === 'string' ? 'text/javascript' : 'application/json';
}

function encode(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
