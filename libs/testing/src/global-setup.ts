import { type Postgres, startPostgres } from '@greencloud/embedded';
import type { TestProject } from 'vitest/node';
import { postgresBin } from './process/environment.ts';
import { PROVIDED_POSTGRES } from './servers/provided-postgres.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

type Running = { readonly postgres: Postgres; readonly folder: TemporaryFolder };

const running: Running[] = [];

/** Vitest calls this once per run: starts the run's one Postgres (about half a second). */
export async function setup(project: TestProject): Promise<void> {
  const folder = await temporaryFolder('postgres');
  const postgres = await startPostgres({
    dataDir: folder.path,
    durable: 'off',
    binDir: postgresBin(),
  });
  running.push({ postgres, folder });
  project.provide(PROVIDED_POSTGRES, postgres.url);
}

/** Vitest calls this once, after the last test. */
export async function teardown(): Promise<void> {
  for (const { postgres, folder } of running.splice(0)) {
    await postgres.stop();
    await folder.remove();
  }
}
