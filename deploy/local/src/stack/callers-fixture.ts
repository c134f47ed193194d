import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, openAuthority } from '@greencloud/embedded';
import { createGrpcClient, openTls, type Role } from '@greencloud/grpc';
import { createLogger, type TlsFiles } from '@greencloud/runtime';

/** Any client class as ts-proto generates it. */
export type AnyClient = Parameters<typeof createGrpcClient>[0];

const logger = createLogger({ service: 'test', level: 'silent' });
const HOUR_MS = 3_600_000;

/** The authority of a stack's data folder: whoever has its key may be anybody. */
export async function authorityOf(dataDir: string): Promise<Authority> {
  const read = (name: string) => readFile(join(dataDir, 'tls', name), 'utf8');
  return openAuthority({ certificate: await read('ca.pem'), privateKey: await read('ca.key.pem') });
}

/** A caller's files, written into the folder; it believes whom `caFile` names. */
export async function identityOf(
  { authority, folder, caFile }: { authority: Authority; folder: string; caFile: string },
  role: string,
  notAfter = new Date(Date.now() + HOUR_MS),
): Promise<TlsFiles> {
  const uri = `spiffe://greencloud/${role}`;
  const notBefore = new Date(notAfter.getTime() - 2 * HOUR_MS);
  const issued = await authority.issue({ commonName: role, uri, notBefore, notAfter });
  const place = join(folder, `${role}-${notAfter.getTime()}`);
  const files = { caFile, certFile: `${place}.pem`, keyFile: `${place}.key.pem` };
  await writeFile(files.certFile, issued.certificate);
  await writeFile(files.keyFile, issued.privateKey, { mode: 0o600 });
  return files;
}

/** Calls with nothing in the request; gives the code of the refusal, or `answered`. */
export async function emptyCall(
  constructor: AnyClient,
  method: string,
  to: { address: string; server: Role; files: TlsFiles | { caFile: string } },
): Promise<string> {
  const tls = openTls(to.files, { logger }).to(to.server);
  const client = createGrpcClient(constructor, to.address, { tls, deadlineMs: 5_000 });
  const { requestStream, responseStream, requestDeserialize } = constructor.service[method] ?? {};
  const request: unknown = requestDeserialize?.(Buffer.alloc(0));
  try {
    if (requestStream === true) await firstOf(client.duplex(method as never).responses);
    else if (responseStream === true) {
      await firstOf(client.serverStream(method as never, request, { deadlineMs: 5_000 }));
    } else await client.unary(method as never, request);
    return 'answered';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    client.close();
  }
}

async function firstOf(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) return void item;
}
