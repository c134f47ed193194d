const PASSED = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'GC_NATS_SERVER', 'GC_POSTGRES_BIN'];

/** The Postgres that tests run on, in place of the embedded one. */
export function postgresBin(): string | undefined {
  return environment()['GC_POSTGRES_BIN'];
}

/** What of the tests' own environment a program they start may see: how to find programs. */
export function environment(): Record<string, string> {
  return Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
