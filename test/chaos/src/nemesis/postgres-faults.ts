import pg from 'pg';
import type { Fault } from './fault.ts';

/** Ends every connection to the database but its own. */
export function backendsEnded(databaseUrl: string): Fault {
  return {
    target: 'postgres',
    harm: 'backends ended',
    strike: async () => {
      const client = new pg.Client({
        connectionString: databaseUrl,
        connectionTimeoutMillis: 2_000,
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid()`,
        );
        return 'struck';
      } catch {
        return 'missed';
      } finally {
        await client.end().catch(() => undefined);
      }
    },
  };
}
