export {
  type AdminServer,
  type AdminServerOptions,
  startAdminServer,
} from './admin/admin-server.ts';
export {
  createHealth,
  type Health,
  type NamedProblem,
  type Problem,
  type ServiceState,
} from './admin/health.ts';
export { readArguments, wholeNumberOf } from './arguments/read-arguments.ts';
export { BatcherClosedError, QueueFullError } from './batch/batch-errors.ts';
export { type Batcher, type BatcherOptions, createBatcher } from './batch/batcher.ts';
export { type Address, areLoopback, formatAddress, parseAddress } from './config/address.ts';
export {
  zAddress,
  zAddresses,
  zBoolean,
  zInteger,
  zList,
  zLogLevel,
  zMilliseconds,
  zPort,
  zUrl,
} from './config/fields.ts';
export { ConfigError, parseConfig } from './config/parse-config.ts';
export { serviceFields } from './config/service-fields.ts';
export { type TlsFiles, tlsFields, tlsFilesOf } from './config/tls-files.ts';
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './log/logger.ts';
export type { Counter, Histogram, Labels, Measurement, Metrics } from './metrics/instruments.ts';
export { createMetrics, SECONDS_BUCKETS } from './metrics/metrics.ts';
export type { ReadyInfo } from './service/announce.ts';
export { type Lifecycle, runService, type ServiceOptions } from './service/run-service.ts';
export { type RetryOptions, retry } from './wait/retry.ts';
export { createSignal, type Signal, type WakeReason } from './wait/signal.ts';
export { sleep } from './wait/sleep.ts';
