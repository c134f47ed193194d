import { freePort } from '@greencloud/embedded';
import { eventually } from '../eventually.ts';
import { inRepository } from '../repository.ts';
import { readStackFile, type StackFile, type StackProcess } from './stack-file.ts';
import {
  type ProcessExit,
  runProcess,
  startProcess,
  type TestProcess,
} from '../process/start-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export type StackOptions = {
  /** Node agents; default 2. */
  readonly nodes?: number;
  /** GC_ variables for the supervisor and the services. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that stays, to start again on; else a new one that is removed at the end. */
  readonly dataDir?: string;
};

export type TokenOptions = { readonly ttlSeconds?: number; readonly scope?: string };

/** A stack that runs, whoever started it. */
export type OpenStack = {
  readonly dataDir: string;
  /** What stack.json says now. */
  file(): Promise<StackFile>;
  /** An access token of this tenant (24 hex). */
  tokenFor(userId: string, options?: TokenOptions): Promise<string>;
  /** Ends one process by SIGKILL (or another signal); `restarted()` waits for the one after it. */
  kill(service: string, options?: KillOptions): Promise<KilledProcess>;
};

/** The whole of GreenCloud on this machine, as `npm start` brings it up. */
export type TestStack = OpenStack &
  AsyncDisposable & {
    readonly edgeUrl: string;
    /** The supervisor itself. */
    readonly supervisor: TestProcess;
    /** SIGTERM to the supervisor; resolves when the whole tree has ended. */
    stop(): Promise<ProcessExit>;
  };

export type KillOptions = { readonly replica?: string; readonly signal?: NodeJS.Signals };

export type KilledProcess = StackProcess & {
  /** Waits until stack.json names another pid in its place. */
  restarted(): Promise<StackProcess>;
};

const START_LIMIT_MS = 90_000;
const RESTART_LIMIT_MS = 30_000;

/** Starts the local stack on a free port and a folder of its own. */
export async function withStack(options: StackOptions = {}): Promise<TestStack> {
  const folder = options.dataDir === undefined ? await temporaryFolder('stack') : undefined;
  const dataDir = folder?.path ?? options.dataDir ?? '';
  const port = await freePort();
  const place = { GC_DATA_DIR: dataDir, PORT: String(port) };
  const supervisor = await startProcess({
    entry: inRepository('deploy/local/src/main.ts'),
    env: { ...options.env, GC_NODES: String(options.nodes ?? 2), ...place },
    timeoutMs: START_LIMIT_MS,
  }).catch(async (error: unknown) => {
    await folder?.remove();
    throw error;
  });
  const stop = async () => {
    const exit = await supervisor.stop();
    await folder?.remove();
    return exit;
  };
  return {
    ...openStack(dataDir),
    edgeUrl: `http://127.0.0.1:${port}`,
    supervisor,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** The stack that runs on this folder: one that several test files share. */
export function openStack(dataDir: string): OpenStack {
  return {
    dataDir,
    file: () => readStackFile(dataDir),
    tokenFor: (userId, token) => tokenFor(dataDir, userId, token),
    kill: (service, kill) => killOne(dataDir, service, kill),
  };
}

async function tokenFor(
  dataDir: string,
  userId: string,
  { ttlSeconds = 3_600, scope }: TokenOptions = {},
): Promise<string> {
  const scopes = scope === undefined ? [] : ['--scope', scope];
  const { code, output } = await runProcess({
    entry: inRepository('deploy/local/src/token.ts'),
    args: ['--user', userId, '--ttl', String(ttlSeconds), ...scopes],
    env: { GC_DATA_DIR: dataDir },
  });
  if (code !== 0) throw new Error(`no token: ${output}`);
  return output.trim();
}

async function killOne(
  dataDir: string,
  service: string,
  { replica, signal = 'SIGKILL' }: KillOptions = {},
): Promise<KilledProcess> {
  const found = await eventually(async () => {
    const { processes } = await readStackFile(dataDir);
    return processes.find((each) => isPlace(each, service, replica ?? each.replica)) ?? false;
  });
  process.kill(found.pid, signal);
  return { ...found, restarted: () => successor(dataDir, found) };
}

async function successor(dataDir: string, killed: StackProcess): Promise<StackProcess> {
  const look = async () => {
    const { processes } = await readStackFile(dataDir);
    const next = processes.find((each) => isPlace(each, killed.service, killed.replica));
    return next !== undefined && next.pid !== killed.pid ? next : false;
  };
  return eventually(look, { timeoutMs: RESTART_LIMIT_MS });
}

function isPlace(each: StackProcess, service: string, replica: string): boolean {
  return each.service === service && each.replica === replica;
}
