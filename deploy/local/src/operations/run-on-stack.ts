import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readConfig } from '../config.ts';
import { inRepository } from '../repository.ts';
import type { ServiceName } from '../services/addresses.ts';
import { tlsEnv } from '../services/service-env.ts';
import { dataFolders } from '../stack/data-folders.ts';
import { readStackFile } from '../stack/stack-file.ts';

/** A service's program for its operators, beside its `main.ts`. */
export interface Operation {
  readonly service: ServiceName;
  readonly program: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs it on the stack of GC_DATA_DIR, as that service and with the arguments of our command line;
 * this process ends with its code.
 */
export async function runOnStack(operation: Operation, env: Environment): Promise<void> {
  try {
    process.exitCode = await run(operation, env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function run({ service, program }: Operation, ours: Environment): Promise<number> {
  const config = readConfig(ours);
  const stack = await readStackFile(config.dataDir);
  if (stack === undefined) throw new Error(`no stack runs on ${config.dataDir}: npm start`);
  const entry = inRepository(`services/${service}/src/${program}.ts`);
  const args = ['--conditions=@greencloud/source', entry, ...process.argv.slice(2)];
  const env = {
    ...config.passed,
    GC_DATABASE_URL: stack.databaseUrl,
    GC_TASK_COMMAND_ADDRESS: stack.grpc['task-command'],
    ...tlsEnv(dataFolders(config.dataDir).tls, service),
  };
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
