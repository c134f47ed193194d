import { freePorts } from '@greencloud/embedded';

/** The services that serve gRPC, in the order of their start lines. */
export const GRPC_SERVICES = ['task-command', 'projection', 'scheduler', 'lambda-catalog'] as const;

type GrpcService = (typeof GRPC_SERVICES)[number];
export type ServiceName = GrpcService | 'edge';

/** Chosen once: a process that is started again is found where it was. */
export type Addresses = {
  readonly edgeUrl: string;
  readonly grpc: Readonly<Record<GrpcService, string>>;
  /** The scheduler's door for nodes. */
  readonly nodeDoor: string;
  readonly admin: Readonly<Record<ServiceName, string>>;
};

export async function chooseAddresses(edgePort: number): Promise<Addresses> {
  const names: ServiceName[] = [...GRPC_SERVICES, 'edge'];
  const ports = await freePorts(GRPC_SERVICES.length + names.length + 1);
  const [nodeDoor = '', ...others] = ports.map(loopback);
  return {
    edgeUrl: `http://${loopback(edgePort)}`,
    grpc: byName(GRPC_SERVICES, others.splice(0, GRPC_SERVICES.length)),
    nodeDoor,
    admin: byName(names, others),
  };
}

function loopback(port: number): string {
  return `127.0.0.1:${port}`;
}

function byName<N extends string>(names: readonly N[], addresses: string[]): Record<N, string> {
  return Object.fromEntries(names.map((name, index) => [name, addresses[index]])) as Record<
    N,
    string
  >;
}
