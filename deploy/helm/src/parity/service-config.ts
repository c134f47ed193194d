import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inRepository } from '../repository.ts';

type Environment = Readonly<Record<string, string>>;
type Config = Readonly<Record<string, unknown>>;

/** A service as its folder, its name in the values, and the least environment that it accepts. */
export interface Service {
  readonly folder: string;
  readonly component: string;
  readonly needed: Environment;
}

const address = 'localhost:50051';
const database = { GC_DATABASE_URL: 'postgres://localhost/x' };
const nats = { GC_NATS_URL: 'nats://localhost:4222' };

export const services: readonly Service[] = [
  {
    folder: 'edge',
    component: 'edge',
    needed: {
      GC_TASK_COMMAND_ADDRESS: address,
      GC_PROJECTION_ADDRESS: address,
      GC_SCHEDULER_ADDRESS: address,
      GC_LAMBDA_CATALOG_ADDRESS: address,
      GC_TOKEN_ISSUER: 'https://issuer.example',
      GC_TOKEN_AUDIENCE: 'greencloud',
      GC_JWKS: '/jwks.json',
    },
  },
  { folder: 'task-command', component: 'taskCommand', needed: { ...database, ...nats } },
  {
    folder: 'projection',
    component: 'projection',
    needed: { ...database, ...nats, GC_TASK_COMMAND_ADDRESS: address },
  },
  {
    folder: 'scheduler',
    component: 'scheduler',
    needed: {
      ...database,
      ...nats,
      GC_TASK_COMMAND_ADDRESS: address,
      GC_LAMBDA_CATALOG_ADDRESS: address,
    },
  },
  { folder: 'lambda-catalog', component: 'lambdaCatalog', needed: database },
  {
    folder: 'node-agent',
    component: 'nodeAgent',
    needed: {
      GC_SCHEDULER_ADDRESS: address,
      GC_NODE_ID: '1a061cfd-df01-4b02-a067-5122c5941e15',
      GC_NODE_TOKEN_FILE: '/token',
    },
  },
];

/** Every variable that a service reads, in its config.ts or through the fields that it spreads. */
export function variablesOf({ folder }: Service): Set<string> {
  const text = source(`services/${folder}/src/config.ts`);
  const shared = source('libs/runtime/src/config/service-fields.ts');
  const tls = source('libs/runtime/src/config/tls-files.ts').split('type TlsConfig')[0] ?? '';
  const spread = [
    text,
    text.includes('...serviceFields') ? shared + tls : '',
    text.includes('...tlsFields') ? tls : '',
  ];
  return new Set(spread.join('\n').match(/\bGC_[A-Z_]+[A-Z]\b/g));
}

function source(path: string): string {
  return readFileSync(inRepository(path), 'utf8');
}

export interface ConfigReaders {
  readonly readConfig: (env: Environment) => Config;
  readonly readMigrationConfig?: (env: Environment) => Config;
}

/** By a path and not by name: nothing here may depend on a service. */
export async function readersOf({ folder }: Service): Promise<ConfigReaders> {
  const path = inRepository(`services/${folder}/src/config.ts`);
  return (await import(pathToFileURL(path).href)) as ConfigReaders;
}
