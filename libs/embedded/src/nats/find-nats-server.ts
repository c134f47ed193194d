import { findOnPath, isExecutable } from '../programs/find-on-path.ts';
import type { OnLine } from '../process/lines.ts';
import { NATS_RELEASE, type NatsRelease, releasedNatsServer } from './release.ts';
import { type InstallPackage, installPackage } from '../programs/package-manager.ts';

export type FindNatsServerOptions = {
  /** `GC_NATS_SERVER` (a path) and `PATH` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the pinned release is kept between runs. */
  readonly cacheDir: string;
  /** Says what is downloaded or installed, before it is. */
  readonly onStep: OnLine;
};

/** The places looked at; tests give their own. */
export type NatsServerSources = {
  readonly systemFolders?: readonly string[];
  readonly release: NatsRelease;
  readonly install: InstallPackage;
};

const SOURCES: NatsServerSources = { release: NATS_RELEASE, install: installPackage };

/**
 * Finds a nats-server: GC_NATS_SERVER or PATH, else the pinned release (downloaded once, checked
 * by SHA-256), else the system's package manager when root. Throws one error that names all three.
 */
export async function findNatsServer(
  { env, cacheDir, onStep }: FindNatsServerOptions,
  { systemFolders, release, install }: NatsServerSources = SOURCES,
): Promise<string> {
  const given = env['GC_NATS_SERVER'] ?? '';
  if (given !== '') return checkGiven(given);
  const onPath = () => findOnPath('nats-server', env['PATH'], systemFolders);
  const present = await onPath();
  if (present !== undefined) return present;

  const released = await releasedNatsServer(release, cacheDir, onStep);
  if (released.kind === 'found') return released.path;
  onStep(`no released nats-server: ${released.reason}`);

  const outcome = await install('nats-server', onStep);
  const installed = await onPath();
  if (installed !== undefined) return installed;
  const reason = outcome.kind === 'installed' ? 'installed, yet not found' : outcome.reason;
  throw new Error(noServer(released.reason, reason));
}

async function checkGiven(path: string): Promise<string> {
  if (await isExecutable(path)) return path;
  throw new Error(`GC_NATS_SERVER names ${path}, which is not an executable file`);
}

function noServer(release: string, install: string): string {
  return [
    'No nats-server was found. Three ways were tried:',
    '  1. GC_NATS_SERVER or PATH: not there',
    `  2. the pinned release: ${release}`,
    `  3. the package manager: ${install}`,
    'Install nats-server 2.9 or newer, or set NATS_URL to a server of your own.',
  ].join('\n');
}
