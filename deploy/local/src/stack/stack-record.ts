import type { Report } from '../report.ts';
import type { Wiring } from '../services/service-env.ts';
import type { ProcessEntry } from '../supervisor/fleet.ts';
import { noteProcesses } from '../supervisor/left-overs.ts';
import { holderFiles } from '../tls/certificate-files.ts';
import { type StackFile, writeStackFile } from './stack-file.ts';

/** What is known once everything serves. */
type StackFacts = {
  readonly wiring: Wiring;
  readonly nodeAdmin: readonly string[];
  readonly lambdaId: string;
  readonly signToken: () => Promise<string>;
};

/** Keeps stack.json and the note of running processes current. */
export type StackRecord = {
  /** Writes stack.json for the first time. */
  readonly open: (facts: StackFacts) => Promise<void>;
  /** The processes have changed. */
  readonly refresh: () => void;
  readonly close: () => Promise<void>;
};

/** Half of a token's life: whoever reads stack.json finds one that is good for 12 h at least. */
const NEW_TOKEN_MS = 12 * 3_600_000;

export function createStackRecord(
  dataDir: string,
  processes: () => ProcessEntry[],
  report: Report,
): StackRecord {
  let facts: StackFacts | undefined;
  let token = '';
  // One write after the other, so that an older state never overwrites a newer one.
  let writing = Promise.resolve();

  const write = async () => {
    await noteProcesses(dataDir, processes());
    if (facts !== undefined) await writeStackFile(dataDir, contentOf(facts, token, processes()));
  };
  const refresh = () => {
    writing = writing
      .then(write)
      .catch((error: unknown) => report.line('stack.json', String(error)));
  };
  const renewToken = async () => {
    token = (await facts?.signToken()) ?? token;
    refresh();
  };
  const timer = setInterval(() => void renewToken(), NEW_TOKEN_MS).unref();

  return {
    open: async (known) => {
      facts = known;
      await renewToken();
      await writing;
    },
    refresh,
    close: async () => {
      clearInterval(timer);
      await writing;
    },
  };
}

function contentOf(
  { wiring, nodeAdmin, lambdaId }: StackFacts,
  token: string,
  processes: ProcessEntry[],
): StackFile {
  const { addresses, databaseUrl, nats, tlsFolder } = wiring;
  const nodes = nodeAdmin.map((address, index) => [`node-agent-${index}`, address] as const);
  const admin = [...Object.entries(addresses.admin), ...nodes];
  return {
    edgeUrl: addresses.edgeUrl,
    databaseUrl,
    // Reads, and makes no events.
    natsUrl: nats.operator,
    grpc: { ...addresses.grpc },
    nodeDoor: addresses.nodeDoor,
    tls: holderFiles(tlsFolder, 'operator'),
    admin: Object.fromEntries(admin.map(([name, address]) => [name, `http://${address}`])),
    processes,
    tokens: { demo: token },
    demo: { lambdaId },
  };
}
