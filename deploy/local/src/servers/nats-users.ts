import { randomBytes } from 'node:crypto';
import { busPermissions, type BusUser } from '@greencloud/bus';
import type { NatsUser } from '@greencloud/embedded';
import { MOST_PARTITIONS } from '../config.ts';

/** The server's URL with the login of each user. A secret. */
export type NatsUrls = Readonly<Record<BusUser, string>>;

/**
 * Users for one run of the stack, each with the subjects that it needs. The passwords are new at
 * each start: all who log in are started with the server.
 */
export function makeNatsUsers(port: number): { users: NatsUser[]; urls: NatsUrls } {
  // For any number of partitions: the log may have been made with another than is asked for now.
  const permissions = Object.entries(busPermissions(MOST_PARTITIONS));
  const users = permissions.map(([name, open]) => ({ name, password: newPassword(), ...open }));
  const urls = users.map(
    ({ name, password }) => [name, `nats://${name}:${password}@127.0.0.1:${port}`] as const,
  );
  return { users, urls: Object.fromEntries(urls) as NatsUrls };
}

/** A server of the user's own: who may do what there is his to say. */
export function sameForAll(url: string): NatsUrls {
  return { 'task-command': url, projection: url, scheduler: url, operator: url };
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
