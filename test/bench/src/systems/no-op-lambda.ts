import { request } from 'undici';

/** The same work that a peer's worker does. */
const NO_OP = 'export default () => ({ ok: 1 });\n';

/** A lambda's demands on a node. */
export type Demand = { readonly networkLatency?: number };

/** Makes a lambda that does nothing, for what is measured is the way to it and back. */
export async function uploadNoOpLambda(
  edgeUrl: string,
  token: string,
  demand: Demand = {},
): Promise<string> {
  const authorization = `Bearer ${token}`;
  const send = async (method: 'POST' | 'PUT', path: string, type: string, body: string) => {
    const headers = { authorization, 'content-type': type };
    const answer = await request(`${edgeUrl}${path}`, { method, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return text;
    throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`);
  };
  const lambda = JSON.stringify({ name: 'benchnoop', lang: 'js', type: 'module' });
  const created = await send('POST', '/v1/lambda', 'application/json', lambda);
  const { id } = JSON.parse(created) as { id: string };
  await send('PUT', `/v1/lambda/${id}/code`, 'text/javascript', NO_OP);
  const capabilities = `/v1/lambda/${id}/capabilities`;
  await send('POST', capabilities, 'application/json', JSON.stringify(demand));
  return id;
}
