import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '@greencloud/testing';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { startReplica } from '../own-processes.ts';
import type { SharedStack, Tenant } from '../shared/running-stack.ts';
import { attacks } from './attacks.ts';
import { type Summary, summaryOf } from './summary.ts';

export interface Siege {
  readonly attack: string;
  /** Milliseconds of an ordinary client's reads and creates meanwhile. */
  readonly others: Summary;
  readonly refused: number;
  /** The most memory that the edge held since it began, MiB. */
  readonly peakRss: number;
  readonly connections: number;
}

const everyMs = 20;

/** One edge under one attack after the other; `none` first, to compare. */
export async function measureSieges(stack: SharedStack, seconds: number): Promise<Siege[]> {
  await using edge = await startReplica(stack, 'edge');
  const url = edge.ready.http ?? '';
  const tenant = await stack.tenant();
  const lambdaId = await tenant.createLambda('never', await lambdaCode('echo'), impossible);
  const other = stack.client(tenant.token, url);
  const id = await other.issue(lambdaId, '');
  const sieges: Siege[] = [];
  for (const attack of ['none', ...Object.keys(attacks)]) {
    const attacker = await startAttacker(attack, url, await rudeToken(stack));
    const times = await probe({ ...tenant, ...other }, { id, lambdaId }, seconds * 1_000);
    const connections = await openConnections(url);
    await attacker?.stop();
    const good = times.filter((time) => time !== 'refused');
    sieges.push({
      attack,
      others: summaryOf(good),
      refused: times.length - good.length,
      peakRss: await peakRssOf(edge.pid),
      connections,
    });
  }
  return sieges;
}

function startAttacker(attack: string, url: string, token: string) {
  if (attack === 'none') return undefined;
  const entry = fileURLToPath(new URL('attacker.ts', import.meta.url));
  return startProcess({ entry, args: [attack, url, token] });
}

async function rudeToken(stack: SharedStack): Promise<string> {
  return (await stack.tenant()).token;
}

/** A read and a create in turn, begun each 20 ms whether or not the last one is done. */
async function probe(
  client: Tenant,
  { id, lambdaId }: { readonly id: string; readonly lambdaId: string },
  forMs: number,
): Promise<(number | 'refused')[]> {
  const pending: Promise<number | 'refused'>[] = [];
  const until = performance.now() + forMs;
  for (let i = 0; performance.now() < until; i++) {
    pending.push(timed(() => (i % 2 === 0 ? read(client, id) : create(client, lambdaId))));
    await sleep(everyMs);
  }
  return Promise.all(pending);
}

const read = (client: Tenant, id: string) => client.call('GET', `/v1/task/${id}`);
const create = (client: Tenant, lambdaId: string) =>
  client.call('POST', '/v1/task', { body: { lambdaId, timeout: 10 } });

async function timed(send: () => Promise<{ status: number }>): Promise<number | 'refused'> {
  const begun = performance.now();
  const { status } = await send().catch(() => ({ status: 0 }));
  return status === 200 || status === 201 ? performance.now() - begun : 'refused';
}

/** VmHWM: the high-water mark that the kernel keeps (Linux). */
async function peakRssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024);
}

async function openConnections(url: string): Promise<number> {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  const table = await readFile('/proc/net/tcp', 'utf8');
  // Column 1 is the local address, 01 in column 3 an established connection.
  return table.split('\n').filter((row) => {
    const [, local = '', , state] = row.trim().split(/\s+/);
    return local.endsWith(`:${port}`) && state === '01';
  }).length;
}
