import { createLogger, type Logger, type TlsFiles } from '@greencloud/runtime';
import { type TestCertificates, withCertificates } from '@greencloud/testing';
import { afterAll, beforeAll } from 'vitest';
import { closedAfterEach } from './cleanup-fixture.ts';
import { createGrpcClient, type GrpcClient } from './client/grpc-client.ts';
import { EchoClient, type EchoService, startEcho } from './echo-fixture.ts';
import type { CallersOf } from './service/callers.ts';
import type { Role } from './tls/role.ts';
import { openTls, type Tls } from './tls/tls.ts';

type Credentials = TlsFiles | { readonly caFile: string };

const silent = createLogger({ service: 'test', level: 'silent' });
const MINUTE_MS = 60_000;
const DEADLINE_MS = 1_000;

export const callers: CallersOf<typeof EchoService> = {
  echo: ['edge', 'operator'],
  count: ['edge'],
  chat: ['edge'],
};

/** Ended a minute ago. */
export function ended(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 2 * MINUTE_MS), notAfter: new Date(now - MINUTE_MS) };
}

export function tlsOf(files: Credentials, logger: Logger = silent): Tls {
  return openTls(files, { logger, refreshMs: 20 });
}

/** What became of a call: `answered`, or the code of its error. */
export function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'answered',
    (error: { code: unknown }) => error.code,
  );
}

/** Two authorities, and servers and clients over their certificates. */
export function tlsParts() {
  const closed = closedAfterEach();
  const authorities: TestCertificates[] = [];
  beforeAll(async () => {
    authorities.push(await withCertificates(), await withCertificates());
  });
  afterAll(() => Promise.all(authorities.map((one) => one.close())));

  const authority = (index: number): TestCertificates => {
    const found = authorities[index];
    if (found === undefined) throw new Error('not before the tests');
    return found;
  };
  const clientOf = (address: string, files: Credentials, server: Role) => {
    const tls = tlsOf(files).to(server);
    return closed(createGrpcClient(EchoClient, address, { tls, deadlineMs: DEADLINE_MS }));
  };
  return {
    closed,
    ours: () => authority(0),
    foreign: () => authority(1),
    clientOf,
    plainClientOf: (address: string): GrpcClient<typeof EchoService> =>
      closed(createGrpcClient(EchoClient, address, { deadlineMs: DEADLINE_MS })),
    serve: async (files?: TlsFiles, logger?: Logger) => {
      const tls = tlsOf(files ?? (await authority(0).issue('task-command')), logger);
      return closed(await startEcho({}, { tls }, callers));
    },
    /** One call of `echo` over a new connection. */
    call: (address: string, files: Credentials, server: Role = 'task-command') =>
      outcomeOf(clientOf(address, files, server).unary('echo', { text: 'hi' })),
  };
}
