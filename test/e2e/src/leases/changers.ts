import pg from 'pg';
import type { Answer, RestClient } from '../client.ts';

/** Changes one lambda; each act resolves when its change is answered. */
export interface Changer extends AsyncDisposable {
  togglePause(): Promise<void>;
  /** The new version. */
  putCode(): Promise<string>;
  setMemSize(memSize: number): Promise<void>;
  remove(): Promise<void>;
}

// No local node is that near, so that nothing runs: what is looked at is how tasks are issued.
const networkLatency = 1;

/** As a tenant does it, through every edge in turn. */
export function throughTheDoor(clients: readonly RestClient[], lambdaId: string): Changer {
  let turn = 0;
  async function send(method: string, path: string, options: object = {}): Promise<Answer> {
    const client = clients[(turn += 1) % clients.length];
    const answer = await client?.call(method, `/v1/lambda/${lambdaId}${path}`, options);
    if (answer === undefined || answer.status >= 300) throw new Error(`${answer?.text}`);
    return answer;
  }
  return {
    togglePause: async () => void (await send('POST', '/togglePause')),
    async putCode() {
      const headers = { 'content-type': 'text/javascript' };
      const raw = 'export default () => 1';
      return String((await send('PUT', '/code', { raw, headers })).headers['gc-code-version']);
    },
    setMemSize: async (memSize) =>
      void (await send('POST', '/capabilities', { body: { memSize, networkLatency } })),
    remove: async () => void (await send('DELETE', '')),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** In SQL, so that a change is answered at its commit: a catalog that does not wait. */
export async function behindTheCatalog(databaseUrl: string, lambdaId: string): Promise<Changer> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const set = (what: string, ...values: unknown[]) =>
    client.query<{ code_version: string }>(
      `update lambda_catalog.lambda set ${what} where lambda_id = $1 returning code_version`,
      [lambdaId, ...values],
    );
  return {
    togglePause: async () => void (await set('paused = not paused')),
    // A version without code: nothing runs.
    putCode: async () =>
      (await set(`code_version = right(md5(code_version), 24)`)).rows[0]?.code_version ?? '',
    setMemSize: async (memSize) => void (await set('mem_size = $2', memSize)),
    remove: async () => void (await set('deleted_at = now()')),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
