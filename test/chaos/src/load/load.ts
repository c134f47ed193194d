import type { LambdaName, Operation } from '../history/operation.ts';
import type { Random } from '../random.ts';
import type { Api } from './api.ts';
import { callsOf } from './calls.ts';
import { runClient } from './client.ts';
import { lambdas } from './lambdas.ts';

export async function uploadLambdas(api: Api): Promise<Record<LambdaName, string>> {
  const ids = Object.entries(lambdas).map(async ([name, { code, capabilities }]) => {
    const body = { name, lang: 'js', type: 'module' };
    const { id } = await api.demand<{ id: string }>('POST', '/v1/lambda', body);
    await api.demand('PUT', `/v1/lambda/${id}/code`, code);
    if (capabilities) await api.demand('POST', `/v1/lambda/${id}/capabilities`, capabilities);
    return [name, id] as const;
  });
  return Object.fromEntries(await Promise.all(ids)) as Record<LambdaName, string>;
}

export type LoadOptions = {
  readonly api: Api;
  readonly lambdaIds: Readonly<Record<LambdaName, string>>;
  readonly clients: number;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Of those who wait for an end: longer than the load. */
  readonly patience: AbortSignal;
};

/** All clients until the signal; gives what they did. */
export async function runLoad(options: LoadOptions): Promise<Operation[]> {
  const { api, lambdaIds, clients, random, signal, patience } = options;
  const operations: Operation[] = [];
  const record = (operation: Operation) => void operations.push(operation);
  const all = Array.from({ length: clients }, (_, client) => {
    const name = `client-${client}`;
    const calls = callsOf({ api, client, lambdaIds, record, patience });
    return runClient({ name, calls, random: random.fork(name), signal });
  });
  await Promise.all(all);
  return operations;
}
