import { processEnvironment, processesOf } from '@greencloud/testing';
import type { SharedStack } from '../shared/running-stack.ts';

export interface Agent {
  readonly pid: number;
  readonly nodeId: string;
  readonly tokenFile: string;
}

/** The node agents that run, as their environment tells (Linux). */
export async function agentsOf(stack: SharedStack): Promise<Agent[]> {
  const agents = await processesOf(stack, 'node-agent');
  return Promise.all(agents.map(({ pid }) => agentOf(pid)));
}

async function agentOf(pid: number): Promise<Agent> {
  const variables = await processEnvironment(pid);
  const of = (name: string) => variables[name] ?? '';
  return { pid, nodeId: of('GC_NODE_ID'), tokenFile: of('GC_NODE_TOKEN_FILE') };
}
