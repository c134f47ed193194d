import { freePorts } from '@greencloud/embedded';
import type { ChaosStack } from './chaos-stack.ts';

/** Where clients and nodes find either replica: one that is killed is missed by nobody. */
export type Doors = {
  readonly edgeUrls: readonly string[];
  /** For `GC_SCHEDULER_ADDRESS` of a node. */
  readonly nodeDoors: string;
};

/**
 * A second process of each service that holds leases, nodes or clients. It calls both replicas of
 * whatever it needs, while the stack's own knows its own only.
 */
export async function addSecondReplicas({ stack, replicas }: ChaosStack): Promise<Doors> {
  const { grpc, nodeDoor } = await stack.file();
  const ports = await freePorts(5);
  const [http, commands, projection, scheduler, nodes] = ports.map((port) => `127.0.0.1:${port}`);
  const both = {
    GC_TASK_COMMAND_ADDRESS: `${grpc['task-command']},${commands}`,
    GC_PROJECTION_ADDRESS: `${grpc['projection']},${projection}`,
    GC_SCHEDULER_ADDRESS: `${grpc['scheduler']},${scheduler}`,
  };
  // An address of its own, in place of any: who starts again must be found where it was.
  const own: Readonly<Record<string, Record<string, string>>> = {
    'task-command': { GC_GRPC_ADDRESS: `${commands}` },
    projection: { GC_GRPC_ADDRESS: `${projection}` },
    scheduler: { GC_GRPC_ADDRESS: `${scheduler}`, GC_NODE_ADDRESS: `${nodes}` },
    edge: { GC_HTTP_ADDRESS: `${http}` },
  };
  await Promise.all(
    Object.entries(own).map(([service, env]) => {
      const name = { GC_REPLICA: `${service}-1` };
      return replicas.add({ service, replica: '1' }, { ...both, ...name, ...env });
    }),
  );
  return { edgeUrls: [stack.edgeUrl, `http://${http}`], nodeDoors: `${nodeDoor},${nodes}` };
}
