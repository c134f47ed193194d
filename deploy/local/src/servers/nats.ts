import { join } from 'node:path';
import { findNatsServer, freePort, startNats, userCacheFolder } from '@greencloud/embedded';
import type { StackContext } from '../stack/context.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { openLineLog } from '../supervisor/line-log.ts';
import { makeNatsUsers, type NatsUrls, sameForAll } from './nats-users.ts';

/** The user's NATS_URL, else a nats-server of our own; gives the URL of each who logs in. */
export async function provideNats(context: StackContext, fleet: Fleet): Promise<NatsUrls> {
  const { config, folders, report } = context;
  if (config.natsUrl !== undefined) {
    report.line('nats-server', 'given by NATS_URL');
    return sameForAll(config.natsUrl);
  }
  const onStep = (step: string) => report.line('nats-server', step);
  const env = config.passed;
  const command = await findNatsServer({ env, cacheDir: userCacheFolder(env), onStep });
  const port = await freePort();
  const { users, urls } = makeNatsUsers(port);
  const onLine = openLineLog(join(folders.logs, 'nats-server.log'));
  await fleet.start('nats', {
    service: 'nats-server',
    replica: '0',
    launch: () => startNats({ command, storeDir: folders.nats, port, users, onStep, onLine }),
  });
  report.line('nats-server', `127.0.0.1:${port} (${command})`);
  return urls;
}
