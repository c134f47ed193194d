import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { fetchArchive, sha256, unpackFile } from './archive.ts';
import { isExecutable } from '../programs/find-on-path.ts';
import type { OnLine } from '../process/lines.ts';

/** One released version: where it lies and the SHA-256 of each platform's archive. */
export type NatsRelease = {
  readonly version: string;
  readonly folderUrl: string;
  readonly archives: Readonly<Record<string, string>>;
};

/** The checksums are those that the project's own Docker images pin for this version. */
export const NATS_RELEASE: NatsRelease = {
  version: '2.11.9',
  folderUrl: 'https://github.com/nats-io/nats-server/releases/download/v2.11.9',
  archives: {
    'linux-amd64': '3eef83faa048d3879937a6871f59ae5d9c3bbf5900905b7a9ff996a894d755ab',
    'linux-arm64': '47d7e652eb761d771bc42df04924aae0acf4e026d30ea98faa9bab216cc2e742',
  },
};

export type ReleasedServer = { kind: 'found'; path: string } | { kind: 'missing'; reason: string };

/** Takes the release from the cache, else downloads it once. Never throws. */
export async function releasedNatsServer(
  release: NatsRelease,
  cacheDir: string,
  onStep: OnLine,
): Promise<ReleasedServer> {
  const target = `${platform()}-${arch() === 'x64' ? 'amd64' : arch()}`;
  const checksum = release.archives[target];
  if (checksum === undefined) return missing(`no checksum is pinned for ${target}`);
  const name = `nats-server-v${release.version}-${target}`;
  const path = join(cacheDir, name, 'nats-server');
  if (await isIntact(path)) return { kind: 'found', path };
  try {
    await download(
      { name, url: `${release.folderUrl}/${name}.tar.gz`, checksum },
      cacheDir,
      onStep,
    );
    return { kind: 'found', path };
  } catch (error) {
    return missing(error instanceof Error ? error.message : String(error));
  }
}

type Archive = { readonly name: string; readonly url: string; readonly checksum: string };

/** Unpacks beside and renames, so that another start never finds half a program. */
async function download(archive: Archive, cacheDir: string, onStep: OnLine): Promise<void> {
  onStep(`downloading ${archive.url}`);
  const bytes = await fetchArchive(archive.url);
  const found = sha256(bytes);
  if (found !== archive.checksum) {
    throw new Error(`${archive.url} has SHA-256 ${found}, not the pinned ${archive.checksum}`);
  }
  const folder = join(cacheDir, archive.name);
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  const program = await unpackFile(bytes, `${archive.name}/nats-server`, draft);
  await writeFile(`${program}.sha256`, sha256(await readFile(program)));
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
}

/** A disk that filled up half-way or a bad sector shows here, not in a strange server. */
async function isIntact(path: string): Promise<boolean> {
  if (!(await isExecutable(path))) return false;
  const expected = await readFile(`${path}.sha256`, 'utf8').catch(() => '');
  return expected === sha256(await readFile(path));
}

function missing(reason: string): ReleasedServer {
  return { kind: 'missing', reason };
}
