import { join } from 'node:path';
import { freePorts, type SandboxTool } from '@greencloud/embedded';
import type { EnrolledNode } from '../edge/enrolment.ts';
import { inRepository } from '../repository.ts';
import type { StackContext } from '../stack/context.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { launchService } from '../supervisor/service-process.ts';
import { holderFiles } from '../tls/certificate-files.ts';
import type { Wiring } from './service-env.ts';

/** What local nodes claim to run on, in turn, so that the greener one is seen to be preferred. */
const ENERGY = [
  { source: 'renewable', carbonIntensity: '30' },
  { source: 'grid', carbonIntensity: '380' },
] as const;

/** Starts one agent for each node; gives the admin address of each. */
export async function startNodes(
  nodes: readonly EnrolledNode[],
  sandbox: SandboxTool,
  context: StackContext,
  fleet: Fleet,
  wiring: Wiring,
): Promise<string[]> {
  const addresses = (await freePorts(nodes.length)).map((port) => `127.0.0.1:${port}`);
  await Promise.all(
    nodes.map(async (node, index) => {
      const address = { GC_ADMIN_ADDRESS: addresses[index] ?? '' };
      const env = { ...nodeEnv(node, index, wiring), ...sandboxEnv(sandbox), ...address };
      await startNode(node, index, env, context, fleet);
    }),
  );
  return addresses;
}

async function startNode(
  node: EnrolledNode,
  index: number,
  env: Record<string, string>,
  { folders, report }: StackContext,
  fleet: Fleet,
): Promise<void> {
  const logFile = join(folders.logs, `node-agent-${index}.log`);
  const entry = inRepository('services/node-agent/src/main.ts');
  await fleet.start('agents', {
    service: 'node-agent',
    replica: String(index),
    launch: (signal) => launchService({ entry, env, logFile }, signal),
  });
  report.line('node-agent', `${node.hash} (${env['GC_ENERGY_SOURCE']})`);
}

/** Ours are defaults: the user's GC_SLOTS and its like go before them. */
function nodeEnv(node: EnrolledNode, index: number, wiring: Wiring) {
  const { config, addresses, tlsFolder } = wiring;
  const energy = ENERGY[index % ENERGY.length] ?? ENERGY[0];
  return {
    GC_SLOTS: '4',
    GC_CPU_COUNT: '4',
    GC_MEM_SIZE: '2048',
    GC_NETWORK_LATENCY: '10',
    GC_PRIVILEGED: 'false',
    GC_ENERGY_SOURCE: energy.source,
    GC_CARBON_INTENSITY: energy.carbonIntensity,
    ...config.passed,
    GC_REPLICA: `node-agent-${index}`,
    GC_SCHEDULER_ADDRESS: addresses.nodeDoor,
    GC_CA_FILE: holderFiles(tlsFolder, 'scheduler').caFile,
    GC_NODE_ID: node.hash,
    GC_NODE_TOKEN_FILE: node.tokenFile,
  };
}

/** Without a sandbox a local node goes on all the same, and the start says so. */
function sandboxEnv(sandbox: SandboxTool): Record<string, string> {
  return sandbox.kind === 'works' ? { GC_BWRAP: sandbox.path } : { GC_ALLOW_UNSANDBOXED: 'true' };
}
