import { findOnPath, isExecutable } from './find-on-path.ts';
import type { OnLine } from './lines.ts';
import { cachedNatsServer } from './nats-release.ts';
import { installPackage } from './package-manager.ts';

export type FindNatsServerOptions = {
  /** `GC_NATS_SERVER` (a path) and `PATH` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the pinned release is kept between runs. */
  readonly cacheDir: string;
  readonly onLine: OnLine;
};

/**
 * Finds a nats-server: GC_NATS_SERVER or PATH, else the pinned release (downloaded once, checked
 * by SHA-256), else the system's package manager when root. Throws one error that names all three.
 */
export async function findNatsServer(options: FindNatsServerOptions): Promise<string> {
  const given = options.env['GC_NATS_SERVER'] ?? '';
  if (given !== '') return checkGiven(given);
  const present = await findOnPath('nats-server', options.env['PATH']);
  if (present !== 'missing') return present;

  const release = await cachedNatsServer(options.cacheDir, options.onLine);
  if (release.kind === 'found') return release.path;

  options.onLine(`no pinned nats-server release: ${release.reason}`);
  const install = await installPackage('nats-server', options.onLine);
  const installed = await findOnPath('nats-server', options.env['PATH']);
  if (installed !== 'missing') return installed;
  throw new Error(noServer(release.reason, install.kind === 'installed' ? 'none' : install.reason));
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
