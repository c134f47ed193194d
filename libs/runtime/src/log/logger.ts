import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

const SECRETS = ['authorization', 'token', 'password', 'secret'];

export interface LoggerOptions {
  service: string;
  replica?: string;
  level: LogLevel;
}

/** JSON lines on stdout. Members named authorization, token, password or secret are redacted, two levels deep. */
export function createLogger({ service, replica, level }: LoggerOptions): Logger {
  return pino({
    level,
    base: { service, ...(replica === undefined ? {} : { replica }) },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  });
}
