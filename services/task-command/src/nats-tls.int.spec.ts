import { fileURLToPath } from 'node:url';
import {
  runProcess,
  startProcess,
  withCertificates,
  withNats,
  withPostgres,
} from '@greencloud/testing';
import { expect, it } from 'vitest';

const entryOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

it('trusts a NATS with TLS by NODE_EXTRA_CA_CERTS, beside mutual TLS with an authority of its own', async () => {
  await using ours = await withCertificates();
  await using theirs = await withCertificates();
  await using nats = await withNats({ tls: await theirs.issue('nats') });
  await using database = await withPostgres();
  const { caFile, certFile, keyFile } = await ours.issue('task-command');
  const env = {
    GC_DATABASE_URL: database.url,
    GC_NATS_URL: nats.url,
    GC_PARTITIONS: '1',
    GC_TLS_CA_FILE: caFile,
    GC_TLS_CERT_FILE: certFile,
    GC_TLS_KEY_FILE: keyFile,
  };
  expect((await runProcess({ entry: entryOf('migrate.ts'), env })).code).toBe(0);
  const start = (more = {}) =>
    startProcess({ entry: entryOf('main.ts'), env: { ...env, ...more } });
  const connected = async ({ ready }: { ready: { admin?: string } }) => {
    const metrics = await (await fetch(`${ready.admin}/metrics`)).text();
    return /^greencloud_relay_connected\S* (\d)/m.exec(metrics)?.[1];
  };
  await using trusting = await start({ NODE_EXTRA_CA_CERTS: theirs.caFile });
  await expect.poll(() => connected(trusting), { timeout: 10_000 }).toBe('1');
  // The control: nobody vouches for this NATS.
  await using suspicious = await start();
  await expect
    .poll(() => suspicious.output(), { timeout: 10_000 })
    .toContain('NATS does not answer yet');
  expect(suspicious.output()).toMatch(/self.signed certificate|unable to verify/);
  expect(await connected(suspicious)).toBe('0');
  // Three processes, one after the other.
}, 60_000);
