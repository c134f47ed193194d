import { Pool } from 'undici';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

/** All edges behind one name, as a load balancer has them. */
export type Edges = {
  /** Rejects when nothing was answered. */
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

async function sendTo(pool: Pool, request: Request): Promise<Answer> {
  const answer = await pool.request({ ...request, signal: AbortSignal.timeout(LIMIT_MS) });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

function notSent(error: unknown): 'nobody listens' {
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
    return 'nobody listens';
  throw error;
}
