/**
 * The log ends before what was followed of it: it was restored from a backup. What it gains now has
 * positions that were applied already as other events, so whoever followed begins anew from it.
 */
export class LogSetBackError extends Error {
  override readonly name = 'LogSetBackError';

  constructor(partition: number, followed: bigint, head: bigint) {
    super(`partition ${partition} was followed to ${followed}, the log ends at ${head}: set back`);
  }
}
