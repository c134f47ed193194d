import type { TestEdge, TestRequest } from './test-edge.ts';

/** The id of a new lambda that has code; of the usual test tenant unless another's token is given. */
export async function runnableLambda(
  edge: TestEdge,
  tenant: Pick<TestRequest, 'token'> = {},
): Promise<string> {
  const body = { name: 'hello', lang: 'js', type: 'module' };
  const { json } = await edge.send('POST', '/v1/lambda', { body, ...tenant });
  const { id } = json as { id: string };
  const code = { body: 'export default () => 1', headers: { 'content-type': 'text/javascript' } };
  await edge.send('PUT', `/v1/lambda/${id}/code`, { ...code, ...tenant });
  return id;
}
