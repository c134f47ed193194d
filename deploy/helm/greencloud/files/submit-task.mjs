// What `helm test` runs: a lambda, a task, its result. Uses nothing but Node.
import { env } from 'node:process';

const { GC_EDGE_URL: edge, GC_TOKEN: token, GC_WAIT_SECONDS: wait = '60' } = env;
if (!token) throw new Error('tests.existingSecret names no secret with an access token');

async function call(method, path, body, contentType = 'application/json') {
  const response = await fetch(new URL(path, edge), {
    method,
    body,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': contentType }) },
    signal: AbortSignal.timeout((Number(wait) + 10) * 1_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text;
}

const lambda = JSON.parse(
  await call(
    'POST',
    '/v1/lambda',
    JSON.stringify({ name: 'helmtest', lang: 'js', type: 'module' }),
  ),
).id;
try {
  const code = 'export default async (request) => (await request.text()).toUpperCase();';
  await call('PUT', `/v1/lambda/${lambda}/code`, code, 'text/javascript');
  const issued = { lambdaId: lambda, timeout: 10, inlinePayload: 'the sun shines' };
  const task = JSON.parse(await call('POST', '/v1/task', JSON.stringify(issued))).id;
  const result = await call('GET', `/v1/task/${task}/result?wait=${Math.min(60, Number(wait))}`);
  if (result !== 'THE SUN SHINES') throw new Error(`task ${task} answered ${result}`);
  console.log(`task ${task} answered ${result}`);
} finally {
  await call('DELETE', `/v1/lambda/${lambda}`);
}
