import type { LocalConfig } from '../config.ts';
import type { NatsUrls } from '../servers/nats-users.ts';
import { type Holder, holderFiles } from '../tls/certificate-files.ts';
import { ALGORITHM } from '../tokens/key-pair.ts';
import { AUDIENCE, ISSUER } from '../tokens/sign-token.ts';
import type { Addresses, ServiceName } from './addresses.ts';

/** What the services of one stack share. */
export type Wiring = {
  readonly config: LocalConfig;
  readonly addresses: Addresses;
  readonly databaseUrl: string;
  readonly nats: NatsUrls;
  readonly jwksFile: string;
  /** Where the certificates lie. */
  readonly tlsFolder: string;
};

type Environment = Record<string, string>;

/**
 * A service's environment. The user's own GC_ variables come first, so that limits can be tried
 * out; where everything is found is ours to say.
 */
export function serviceEnv(name: ServiceName, wiring: Wiring): Environment {
  const { config, addresses } = wiring;
  return {
    ...config.passed,
    GC_REPLICA: `${name}-0`,
    GC_ADMIN_ADDRESS: addresses.admin[name],
    ...(name === 'edge' ? edgeOnly(wiring) : { GC_GRPC_ADDRESS: addresses.grpc[name] }),
    ...(name === 'scheduler' ? { GC_NODE_ADDRESS: addresses.nodeDoor } : {}),
    ...places(wiring),
    ...natsOf(name, wiring.nats),
    ...tlsEnv(wiring.tlsFolder, name),
  };
}

/** For migrations too. */
export function places({ config, addresses, databaseUrl }: Wiring): Environment {
  return {
    GC_DATABASE_URL: databaseUrl,
    GC_PARTITIONS: String(config.partitions),
    GC_TASK_COMMAND_ADDRESS: addresses.grpc['task-command'],
    GC_PROJECTION_ADDRESS: addresses.grpc.projection,
    GC_SCHEDULER_ADDRESS: addresses.grpc.scheduler,
    GC_LAMBDA_CATALOG_ADDRESS: addresses.grpc['lambda-catalog'],
  };
}

/** By what a program proves that it is this service. */
export function tlsEnv(tlsFolder: string, holder: Holder): Environment {
  const { caFile, certFile, keyFile } = holderFiles(tlsFolder, holder);
  return { GC_TLS_CA_FILE: caFile, GC_TLS_CERT_FILE: certFile, GC_TLS_KEY_FILE: keyFile };
}

/** Edge and catalog have nothing to say to NATS, so they have no login. */
function natsOf(name: ServiceName, nats: NatsUrls): Environment {
  return name === 'edge' || name === 'lambda-catalog' ? {} : { GC_NATS_URL: nats[name] };
}

function edgeOnly({ addresses, jwksFile }: Wiring): Environment {
  return {
    GC_HTTP_ADDRESS: new URL(addresses.edgeUrl).host,
    GC_TOKEN_ISSUER: ISSUER,
    GC_TOKEN_AUDIENCE: AUDIENCE,
    GC_TOKEN_ALGORITHMS: ALGORITHM,
    GC_JWKS: jwksFile,
    // Of the 1.5 s after which the fleet kills it.
    GC_DRAIN_LIMIT_MS: '1000',
  };
}
