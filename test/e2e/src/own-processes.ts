import { randomUUID } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import {
  serviceEntry,
  serviceEnvironment,
  startProcess,
  type TestProcess,
} from '@greencloud/testing';
import type { RestClient } from './client.ts';
import type { SharedStack } from './shared/running-stack.ts';

type Environment = Readonly<Record<string, string>>;

// Several start at once beside a stack, on a machine that may be busy.
const startLimitMs = 45_000;

const anyPort = '127.0.0.1:0';

/**
 * Starts one more process of a service with the environment and the memory limits of the one that
 * runs, changed by `env`.
 */
export async function startReplica(
  stack: SharedStack,
  service: string,
  env: Environment = {},
): Promise<TestProcess> {
  const running = await serviceEnvironment(stack, service);
  const own = {
    GC_HTTP_ADDRESS: anyPort,
    GC_GRPC_ADDRESS: anyPort,
    GC_NODE_ADDRESS: anyPort,
    GC_ADMIN_ADDRESS: anyPort,
    GC_REPLICA: `${service}-${randomUUID()}`,
  };
  const entry = serviceEntry(service);
  return startProcess({ entry, env: { ...running, ...own, ...env }, timeoutMs: startLimitMs });
}

/** Enrols a node for this tenant; gives its hash and token. */
export async function enrol(owner: RestClient, description = '') {
  const hash = randomUUID();
  const answer = await owner.call('POST', `/v1/node/${hash}`, { body: { description } });
  if (answer.status !== 201) throw new Error(`enrolment answered ${answer.status}: ${answer.text}`);
  return { hash, token: answer.json<{ token: string }>().token };
}

/** An agent of the node, beside those of the stack. */
export function startAgent(
  stack: SharedStack,
  node: { readonly hash: string; readonly token: string },
  env: Environment = {},
): Promise<TestProcess> {
  const identity = { GC_NODE_ID: node.hash, GC_NODE_TOKEN: node.token, GC_NODE_TOKEN_FILE: '' };
  return startReplica(stack, 'node-agent', { ...identity, ...env });
}

/** TCP ports that a process listens on (Linux). */
export async function listeningPorts(pid: number): Promise<number[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
  );
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
  );
  const rows = tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/));
  // Column 3 is the state, 0A is LISTEN; column 9 the inode.
  return rows
    .filter((row) => row[3] === '0A' && inodes.has(row[9]))
    .map((row) => Number.parseInt(row[1]?.split(':')[1] ?? '', 16));
}
