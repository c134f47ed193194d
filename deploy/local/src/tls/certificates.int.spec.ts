import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { testFolder } from '../supervisor/fixtures/folder.ts';
import { type Holder, HOLDERS, holderFiles } from './certificate-files.ts';
import { provideCertificates } from './certificates.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

afterEach(() => void vi.useRealTimers());

async function provide(folder: string): Promise<{ end: () => void; problems: unknown[] }> {
  const ending = new AbortController();
  const problems: unknown[] = [];
  const { signal } = ending;
  await provideCertificates(folder, { signal, onProblem: (error) => problems.push(error) });
  return { end: () => ending.abort(), problems };
}

async function certificateOf(folder: string, holder: Holder): Promise<X509Certificate> {
  return new X509Certificate(await readFile(holderFiles(folder, holder).certFile));
}

async function authorityOf(folder: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(folder, 'ca.pem')));
}

it('gives each holder a certificate of the folder’s authority for a day', async () => {
  const folder = await testFolder();
  (await provide(folder)).end();
  const { publicKey } = await authorityOf(folder);
  for (const holder of HOLDERS) {
    const certificate = await certificateOf(folder, holder);
    expect(certificate.verify(publicKey)).toBe(true);
    expect(certificate.subjectAltName).toContain(`URI:spiffe://greencloud/${holder}`);
    expect(certificate.checkIP('127.0.0.1')).toBe(holder === 'operator' ? undefined : '127.0.0.1');
    expect(certificate.validToDate.getTime() - Date.now()).toBeLessThanOrEqual(DAY_MS);
  }
});

it('writes nothing that another user may read', async () => {
  const folder = await testFolder();
  (await provide(folder)).end();
  const modes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).mode);
  expect(new Set((await Promise.all(modes)).map((mode) => mode & 0o777))).toEqual(new Set([0o600]));
});

it('gives new certificates at each start, of the same authority', async () => {
  const folder = await testFolder();
  (await provide(folder)).end();
  const [edge, authority] = [await certificateOf(folder, 'edge'), await authorityOf(folder)];
  (await provide(folder)).end();
  expect((await authorityOf(folder)).fingerprint256).toBe(authority.fingerprint256);
  expect((await certificateOf(folder, 'edge')).serialNumber).not.toBe(edge.serialNumber);
});

it('makes a new authority when less than 30 days of its year are left', async () => {
  const folder = await testFolder();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 340 * DAY_MS });
  (await provide(folder)).end();
  const old = await authorityOf(folder);
  vi.useRealTimers();
  (await provide(folder)).end();
  const authority = await authorityOf(folder);
  expect(authority.fingerprint256).not.toBe(old.fingerprint256);
  expect((await certificateOf(folder, 'edge')).verify(authority.publicKey)).toBe(true);
});

it('renews while the stack runs, well before a certificate ends', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  const folder = await testFolder();
  const { end, problems } = await provide(folder);
  const first = await certificateOf(folder, 'edge');
  await vi.advanceTimersByTimeAsync(15 * HOUR_MS);
  expect((await certificateOf(folder, 'edge')).serialNumber).toBe(first.serialNumber);

  vi.setSystemTime(Date.now() + 2 * HOUR_MS);
  await vi.advanceTimersByTimeAsync(60_000);

  await vi.waitFor(
    async () => {
      expect((await certificateOf(folder, 'edge')).serialNumber).not.toBe(first.serialNumber);
    },
    // Keys are made meanwhile, by a machine that may be busy with other tests.
    { timeout: 10_000 },
  );
  expect(first.validToDate.getTime()).toBeGreaterThan(Date.now());
  expect(problems).toEqual([]);
  end();
});
