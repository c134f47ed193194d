import { type Health, type Logger, sleep } from '@greencloud/runtime';

// A look costs one round trip; while the database is away a quick return matters more.
const pauseMs = 1_000;
const pauseWhileAwayMs = 200;

export interface DatabaseWatch {
  /** A statement that is answered when the service can work. */
  readonly probe: () => Promise<unknown>;
  readonly health: Health;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Keeps the check `postgres` of the health true: a service cut off from its database is not ready.
 * Resolves when the probe was answered for the first time; goes on until the signal.
 */
export async function watchDatabase(watch: DatabaseWatch): Promise<void> {
  const { probe, health, logger, signal } = watch;
  let problem: string | undefined = 'not connected yet';
  health.addCheck('postgres', () => problem);
  const look = async () => {
    const before = problem;
    problem = await problemOf(probe);
    if (problem !== before) logger.info({ problem: problem ?? 'none' }, 'Postgres');
    return problem === undefined ? 'reachable' : 'away';
  };
  while (!signal.aborted && (await look()) === 'away') await sleep(pauseWhileAwayMs, signal);
  void keepLooking(look, signal);
}

async function keepLooking(
  look: () => Promise<'reachable' | 'away'>,
  signal: AbortSignal,
): Promise<void> {
  let pause = pauseMs;
  while ((await sleep(pause, signal)) === 'elapsed') {
    pause = (await look()) === 'reachable' ? pauseMs : pauseWhileAwayMs;
  }
}

async function problemOf(probe: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await probe();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}
