/** A user of the REST API with one token. */
export class Api {
  readonly #edge: string;
  readonly #token: () => string;

  constructor(edge: string, token: () => string) {
    this.#edge = edge;
    this.#token = token;
  }

  async call(method: string, path: string, body?: string, type = 'application/json') {
    const headers = { authorization: `Bearer ${this.#token()}`, 'content-type': type };
    const sent = body === undefined ? {} : { body };
    const answer = await fetch(new URL(path, this.#edge), { method, headers, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  async newLambda(): Promise<string> {
    const named = JSON.stringify({ name: 'upgrade', lang: 'js', type: 'module' });
    const { id } = JSON.parse(await this.call('POST', '/v1/lambda', named)) as { id: string };
    const code = 'export default async (request) => (await request.text()).toUpperCase();';
    await this.call('PUT', `/v1/lambda/${id}/code`, code, 'text/javascript');
    return id;
  }

  async newTask(lambdaId: string, inlinePayload: string): Promise<string> {
    const issued = JSON.stringify({ lambdaId, timeout: 10, inlinePayload });
    return (JSON.parse(await this.call('POST', '/v1/task', issued)) as { id: string }).id;
  }

  result(task: string): Promise<string> {
    return this.call('GET', `/v1/task/${task}/result?wait=60`);
  }
}
