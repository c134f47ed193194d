export interface ClusterValues {
  readonly transport: 'plaintext' | 'mtls';
  readonly tenant: string;
  readonly nodeId: string;
  readonly ports: { readonly database: number; readonly nats: number; readonly jwks: number };
}

/** Every kind of connection that the chart knows: keys over https, metrics, an agent, `helm test`. */
export function valuesFor({ transport, tenant, nodeId, ports }: ClusterValues): object {
  const prometheus = { namespaceSelector: { matchLabels: { name: 'monitoring' } } };
  return {
    fullnameOverride: 'green',
    image: { registry: 'registry.example.com' },
    auth: {
      issuer: 'greencloud-docker',
      audience: 'greencloud',
      jwks: { url: `https://issuer.id.svc:${ports.jwks}/` },
    },
    trust: { existingConfigMap: 'trust' },
    database: { existingSecret: 'db' },
    nats: { url: `nats://nats.bus.svc:${ports.nats}` },
    networkPolicy: {
      database: { port: ports.database },
      nats: { port: ports.nats },
      jwks: { port: ports.jwks },
      metricsFrom: [prometheus],
    },
    mtls: { enabled: transport === 'mtls', certManager: { issuerRef: { name: 'ca' } } },
    nodeAgent: {
      config: { trustedTenants: [tenant], slots: 2 },
      nodes: [{ name: 'one', id: nodeId, existingSecret: 'node' }],
    },
    // Nothing here maps a Service's port to a pod's.
    edge: { service: { port: 8080 } },
    tests: { existingSecret: 'token' },
  };
}
