/**
 * The log ends before what was followed of it, or has another event there: it was restored from a
 * backup. What it gains has positions that were applied already as other events, so whoever followed
 * begins anew from it.
 */
export class LogSetBackError extends Error {
  override readonly name = 'LogSetBackError';

  constructor(partition: number, followed: bigint, how: 'is shorter' | 'differs') {
    super(
      `partition ${partition} was followed to ${followed}, and the log ${how}: it was set back`,
    );
  }
}
