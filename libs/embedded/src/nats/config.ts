import { writeFile } from 'node:fs/promises';

/** Who may log in to a nats-server, and the subjects that are open to them; none other is. */
export type NatsUser = {
  readonly name: string;
  readonly password: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
};

/**
 * Writes the server's configuration, readable by its owner only: passwords stand there and nowhere
 * else, since a process's arguments are everybody's to read. They are random, so not hashed: bcrypt
 * protects what people choose, and is made to be slow.
 */
export async function writeNatsConfig(file: string, users: readonly NatsUser[]): Promise<void> {
  const authorization = { users: users.map(entryOf) };
  // A server's configuration is a superset of JSON; its outermost braces are left out.
  const text = `authorization: ${JSON.stringify(authorization, null, 1)}\n`;
  await writeFile(file, text, { mode: 0o600 });
}

function entryOf({ name, password, publish, subscribe }: NatsUser) {
  const permissions = { publish: permissionOf(publish), subscribe: permissionOf(subscribe) };
  return { user: name, password, permissions };
}

// An empty `allow` would mean that nothing is restricted.
function permissionOf(subjects: readonly string[]) {
  return subjects.length === 0 ? { deny: ['>'] } : { allow: subjects };
}
