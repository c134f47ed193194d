import { join } from 'node:path';
import { createDatabase, freePort, startPostgres } from '@greencloud/embedded';
import type { StackContext } from '../stack/context.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { openLineLog } from '../supervisor/line-log.ts';

/** The user's DATABASE_URL, else a Postgres of our own; gives the connection string. */
export async function provideDatabase(context: StackContext, fleet: Fleet): Promise<string> {
  const { config, report } = context;
  if (config.databaseUrl !== undefined) {
    report.line('postgres', 'given by DATABASE_URL');
    return config.databaseUrl;
  }
  const port = await freePort();
  const serverUrl = await startEmbedded(context, fleet, port);
  report.line('postgres', `127.0.0.1:${port}`);
  return createDatabase(serverUrl, 'greencloud');
}

async function startEmbedded(
  { config, folders, report }: StackContext,
  fleet: Fleet,
  port: number,
): Promise<string> {
  const options = {
    dataDir: folders.postgres,
    port,
    binDir: config.passed['GC_POSTGRES_BIN'],
    durable: 'on',
    onStep: (step: string) => report.line('postgres', step),
    onLine: openLineLog(join(folders.logs, 'postgres.log')),
  } as const;
  let url = '';
  const launch = async () => {
    const postgres = await startPostgres(options);
    url = postgres.url;
    return postgres;
  };
  await fleet.start('postgres', { service: 'postgres', replica: '0', launch });
  return url;
}
