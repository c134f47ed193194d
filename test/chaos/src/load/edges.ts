import { type Dispatcher, Pool } from 'undici';
import type { Came } from '../history/operation.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Whether the text is all that there was to come. */
  readonly came: Came;
};

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Until when to wait; left out: a little longer than the edge's own deadlines. */
  readonly patience?: AbortSignal | undefined;
};

/** All edges behind one name, as a load balancer has them. */
export type Edges = {
  /** Rejects when nothing was answered; what began to come is given as far as it came. */
  send(request: Request): Promise<Answer>;
  close(): Promise<void>;
};

/** Longer than the edge's own deadlines: whoever is quicker to give up only knows less. */
const LIMIT_MS = 15_000;

/** Each in turn; on to the next where nobody listens, since nothing was sent there. */
export function openEdges(urls: readonly string[]): Edges {
  const pools = urls.map((url) => new Pool(url, { connections: 64, pipelining: 1 }));
  let turn = 0;
  return {
    send: async (request) => {
      const first = turn++ % pools.length;
      for (const pool of [...pools.slice(first), ...pools.slice(0, first)]) {
        const tried = await sendTo(pool, request).catch(notSent);
        if (tried !== 'nobody listens') return tried;
      }
      throw Object.assign(new Error('no edge listens'), { code: 'ECONNREFUSED' });
    },
    close: async () => void (await Promise.all(pools.map((pool) => pool.destroy()))),
  };
}

async function sendTo(pool: Pool, { patience, ...request }: Request): Promise<Answer> {
  const signal = patience ?? AbortSignal.timeout(LIMIT_MS);
  // A stream may be silent for longer than undici's own limits.
  const options = { ...request, signal, bodyTimeout: 0, headersTimeout: 0 };
  const { statusCode: status, headers, body } = await pool.request(options);
  return { status, headers, ...(await textOf(body, signal)) };
}

async function textOf(
  body: Dispatcher.ResponseData['body'],
  signal: AbortSignal,
): Promise<Pick<Answer, 'text' | 'came'>> {
  let text = '';
  try {
    for await (const chunk of body.setEncoding('utf8')) text += chunk;
    return { text, came: 'whole' };
  } catch {
    return { text, came: signal.aborted ? 'cut' : 'broken' };
  }
}

function notSent(error: unknown): 'nobody listens' {
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
    return 'nobody listens';
  throw error;
}
