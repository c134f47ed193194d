import { destination, pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';

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
  const options = {
    level,
    base: { service, ...(replica === undefined ? {} : { replica }) },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  };
  // Pino's own default writes in the background, and at an exit the last lines came out in the
  // wrong order (in 1 of 6 exits) or could be lost: the very ones that tell why a service ended.
  return pino(options, destination({ dest: 1, sync: true }));
}
