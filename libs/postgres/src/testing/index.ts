export { type PostgresProxy, proxyPostgres } from './proxy-postgres.ts';
