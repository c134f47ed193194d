import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from './archive.ts';
import { findNatsServer, type NatsServerSources } from './find-nats-server.ts';
import type { NatsRelease } from './release.ts';

const target = `${process.platform}-${arch() === 'x64' ? 'amd64' : arch()}`;
const lines: string[] = [];
let folder: string;
let origin: Server | undefined;

beforeEach(async () => {
  lines.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'greencloud-find-'));
});
afterEach(async () => {
  origin?.close();
  origin = undefined;
  await rm(folder, { recursive: true, force: true });
});

function find(env: Record<string, string>, sources: Partial<NatsServerSources> = {}) {
  const options = {
    env,
    cacheDir: join(folder, 'cache'),
    onStep: (line: string) => lines.push(line),
  };
  return findNatsServer(options, {
    systemFolders: [],
    release: { version: '9.9.9', folderUrl: 'http://127.0.0.1:1', archives: { [target]: 'none' } },
    install: async () => ({ kind: 'not-possible', reason: 'not running as root' }),
    ...sources,
  });
}

async function program(path: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '#!/bin/sh\necho nats-server: v9.9.9\n');
  await chmod(path, 0o755);
  return path;
}

/** Serves an archive built like the project's own, counting its downloads. */
async function released(
  checksum?: string,
): Promise<{ release: NatsRelease; downloads: () => number }> {
  const name = `nats-server-v9.9.9-${target}`;
  await program(join(folder, 'build', name, 'nats-server'));
  const archive = join(folder, `${name}.tar.gz`);
  execFileSync('tar', ['-czf', archive, '-C', join(folder, 'build'), name]);
  const bytes = await readFile(archive);
  let downloads = 0;
  origin = createServer((request, response) => {
    downloads += 1;
    response.writeHead(request.url === `/${name}.tar.gz` ? 200 : 404).end(bytes);
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  const archives = { [target]: checksum ?? sha256(bytes) };
  const release = { version: '9.9.9', folderUrl: `http://127.0.0.1:${port}`, archives };
  return { release, downloads: () => downloads };
}

describe('1. GC_NATS_SERVER and PATH', () => {
  it('takes the program that GC_NATS_SERVER names', async () => {
    const path = await program(join(folder, 'own', 'nats'));
    expect(await find({ GC_NATS_SERVER: path })).toBe(path);
  });

  it('refuses a GC_NATS_SERVER that is no program', async () => {
    await expect(find({ GC_NATS_SERVER: '/nowhere/nats' })).rejects.toThrow(
      'GC_NATS_SERVER names /nowhere/nats, which is not an executable file',
    );
  });

  it('looks on PATH, then in the folders that a PATH often lacks', async () => {
    const path = await program(join(folder, 'bin', 'nats-server'));
    expect(await find({ PATH: join(folder, 'bin') })).toBe(path);
    expect(await find({ PATH: '/nowhere' }, { systemFolders: [join(folder, 'bin')] })).toBe(path);
  });
});

describe('2. the pinned release', () => {
  it('downloads it once and keeps it', async () => {
    const { release, downloads } = await released();

    const first = await find({}, { release });
    const second = await find({}, { release });

    expect(execFileSync(first).toString()).toContain('v9.9.9');
    expect(second).toBe(first);
    expect(downloads()).toBe(1);
    expect(lines[0]).toMatch(/^downloading http:/);
  });

  it('refuses an archive with another checksum', async () => {
    const { release } = await released('0'.repeat(64));
    await expect(find({}, { release })).rejects.toThrow(/has SHA-256 \w{64}, not the pinned 0{64}/);
  });

  it('downloads again when the cached program has changed', async () => {
    const { release, downloads } = await released();
    const path = await find({}, { release });
    await writeFile(path, '#!/bin/sh\nexit 1\n');

    await find({}, { release });

    expect(downloads()).toBe(2);
  });
});

describe('3. the package manager', () => {
  it('is asked when the release cannot be had, and what it installed is taken', async () => {
    const bin = join(folder, 'bin');
    const path = await find(
      {},
      {
        systemFolders: [bin],
        install: async (name) => {
          await program(join(bin, name));
          return { kind: 'installed' };
        },
      },
    );
    expect(path).toBe(join(bin, 'nats-server'));
  });

  it('leaves one error that names all three ways', async () => {
    const error = await find({}).catch((reason: unknown) => String(reason));
    expect(error).toContain('1. GC_NATS_SERVER or PATH: not there');
    expect(error).toContain('2. the pinned release: http://127.0.0.1:1/nats-server-v9.9.9');
    expect(error).toContain('3. the package manager: not running as root');
    expect(error).toContain('NATS_URL');
  });
});
