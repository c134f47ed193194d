import { join } from 'node:path';
import { inRepository } from '../repository.ts';
import type { StackContext } from '../stack/context.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { launchService, runProgram } from '../supervisor/service-process.ts';
import { GRPC_SERVICES, type ServiceName } from './addresses.ts';
import { places, serviceEnv, type Wiring } from './service-env.ts';

/** Each service owns its schema; they share nothing, so all can be made at once. */
export async function migrate(
  { folders, report, config, signal }: StackContext,
  wiring: Wiring,
): Promise<void> {
  await Promise.all(
    GRPC_SERVICES.map((name) =>
      runProgram(
        {
          entry: inRepository(`services/${name}/src/migrate.ts`),
          env: { ...config.passed, ...places(wiring) },
          logFile: join(folders.logs, `${name}-migrate.log`),
        },
        signal,
      ),
    ),
  );
  report.line('schemas', 'up to date');
}

/** Starts every service at once: each waits by itself for what it needs. */
export async function startServices(
  context: StackContext,
  fleet: Fleet,
  wiring: Wiring,
): Promise<void> {
  const names: ServiceName[] = [...GRPC_SERVICES, 'edge'];
  await Promise.all(names.map((name) => startService(name, context, fleet, wiring)));
}

async function startService(
  name: ServiceName,
  { folders, report }: StackContext,
  fleet: Fleet,
  wiring: Wiring,
): Promise<void> {
  const program = {
    entry: inRepository(`services/${name}/src/main.ts`),
    env: serviceEnv(name, wiring),
    logFile: join(folders.logs, `${name}.log`),
  };
  await fleet.start(name === 'edge' ? 'edge' : 'services', {
    service: name,
    replica: '0',
    launch: (signal) => launchService(program, signal),
  });
  const { edgeUrl, grpc } = wiring.addresses;
  report.line(name, name === 'edge' ? edgeUrl : grpc[name]);
}
