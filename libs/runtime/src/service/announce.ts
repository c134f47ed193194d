import process from 'node:process';
import type { Logger } from '../log/logger.ts';

export interface ReadyInfo {
  /** `host:port` */
  grpc?: string;
  /** `host:port` of the door for nodes */
  nodes?: string;
  /** URL */
  http?: string;
  /** URL */
  admin?: string;
}

/** Logs the addresses and sends `{ type: 'ready', ...info }` to the parent, if there is one. */
export function announce(info: ReadyInfo, logger: Logger): void {
  logger.info(info, 'ready');
  if (process.connected) process.send?.({ type: 'ready', ...info });
}
