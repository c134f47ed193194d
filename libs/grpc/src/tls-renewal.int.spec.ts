import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { parseAddress, type TlsFiles } from '@greencloud/runtime';
import { eventually } from '@greencloud/testing';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ended, outcomeOf, tlsParts } from './tls-fixture.ts';

const { ours, foreign, serve, call, clientOf } = tlsParts();

it('a server shows its new certificate to new connections, and those that stand go on', async () => {
  const files = await ours().issue('task-command');
  const edge = await ours().issue('edge');
  const { address } = await serve(files);
  const client = clientOf(address, edge, 'task-command');
  await client.unary('echo', { text: 'before' });
  const before = await serialOf(address, edge);

  await ours().replace(files, 'task-command');

  await eventually(async () => expect(await serialOf(address, edge)).not.toBe(before));
  expect(await client.unary('echo', { text: 'after' })).toEqual({ text: 'after' });
});

it('a caller with an ended certificate gets in with its new one', async () => {
  const { address } = await serve();
  const files = await ours().issue('edge', ended());
  const client = clientOf(address, files, 'task-command');
  expect(await outcomeOf(client.unary('echo', { text: 'hi' }))).toBe('UNAVAILABLE');

  await ours().replace(files, 'edge');

  await eventually(() => client.unary('echo', { text: 'hi' }));
});

it('a server believes a new authority, and the old one no longer', async () => {
  const files = await ours().issue('task-command');
  const caFile = `${files.certFile}.ca`;
  await copyFile(ours().caFile, caFile);
  const { address } = await serve({ ...files, caFile });
  const stranger = { ...(await foreign().issue('edge')), caFile: ours().caFile };
  expect(await call(address, stranger)).toBe('UNAVAILABLE');

  await copyFile(foreign().caFile, caFile);

  await eventually(async () => expect(await call(address, stranger)).toBe('answered'));
  expect(await call(address, await ours().issue('edge'))).toBe('UNAVAILABLE');
});

it('half a renewal changes nothing, until the other half comes', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
  const files = await ours().issue('task-command');
  const edge = await ours().issue('edge');
  const { address } = await serve(files, logger);
  const before = await serialOf(address, edge);
  const next = await ours().issue('task-command');

  await copyFile(next.certFile, files.certFile);
  await eventually(() => expect(lines.join()).toContain(`${files.keyFile} is not of`));
  expect(await serialOf(address, edge)).toBe(before);
  expect(lines.filter((line) => line.includes('is not of'))).toHaveLength(1);

  await copyFile(next.keyFile, files.keyFile);
  await eventually(async () => expect(await serialOf(address, edge)).not.toBe(before));
});

it('a server is not ready while its certificate has ended', async () => {
  const files = await ours().issue('task-command', ended());
  const { health } = await serve(files);
  expect(health.problems()).toMatchObject([{ name: 'certificate' }]);

  await ours().replace(files, 'task-command');

  await eventually(() => expect(health.problems()).toEqual([]));
});

/** The serial number of the certificate that a new connection is shown. */
async function serialOf(address: string, files: TlsFiles): Promise<string> {
  const { host, port } = parseAddress(address) ?? { host: '', port: 0 };
  const ca = await readFile(files.caFile);
  const cert = await readFile(files.certFile);
  const key = await readFile(files.keyFile);
  const socket = connect({ host, port, ca, cert, key, ALPNProtocols: ['h2'] });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().serialNumber;
  } finally {
    socket.destroy();
  }
}
