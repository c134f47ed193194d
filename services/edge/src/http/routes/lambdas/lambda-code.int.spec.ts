import { describe, expect, it } from 'vitest';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { useTestEdge } from '../../../testing/use-test-edge.ts';

const edge = useTestEdge();

async function newLambda(): Promise<string> {
  const body = { name: 'hello', lang: 'js', type: 'module' };
  const answer = await edge().send('POST', '/v1/lambda', { body });
  return (answer.json as { id: string }).id;
}

describe('the code of a lambda (2)', () => {
  const put = (id: string, body: string | Uint8Array<ArrayBuffer>, type = 'text/javascript') =>
    edge().send('PUT', `/v1/lambda/${id}/code`, { body, headers: { 'content-type': type } });

  it('is uploaded with 204; each upload is a version of its own', async () => {
    const id = await newLambda();
    const versions = [];
    for (const code of ['export default 1', 'export default 2']) {
      const answer = await put(id, code);
      expect([answer.status, answer.text]).toEqual([204, '']);
      versions.push(answer.headers.get('gc-code-version'));
    }
    expect(new Set(versions).size).toBe(2);
    expect((await edge().send('GET', `/v1/lambda/${id}`)).json).toMatchObject({
      codeVersion: versions[1],
    });
  });

  it('that does not parse is refused with its line', async () => {
    const answer = await put(await newLambda(), 'ok\nSYNTAX ERROR');
    expectProblem(answer, 422, 'VALIDATION_FAILED');
    expect(answer.json).toMatchObject({ errors: [{ detail: 'Unexpected identifier at line 2' }] });
  });

  it('may have 1 MiB and not more', async () => {
    const id = await newLambda();
    expect((await put(id, ' '.repeat(1024 * 1024))).status).toBe(204);
    expectProblem(await put(id, ' '.repeat(1024 * 1024 + 1)), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('must be UTF-8 and must be there', async () => {
    const id = await newLambda();
    expectProblem(await put(id, new Uint8Array([0xff])), 422, 'VALIDATION_FAILED');
    expectProblem(await put(id, ''), 422, 'VALIDATION_FAILED');
  });

  it.each(['application/json', 'text/plain', 'text/javascript; charset=utf-16'])(
    'is not taken as %s',
    async (type) => {
      expectProblem(await put(await newLambda(), 'x', type), 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('is taken under its older name too', async () => {
    expect((await put(await newLambda(), 'x', 'application/javascript;charset=UTF-8')).status).toBe(
      204,
    );
  });
});
