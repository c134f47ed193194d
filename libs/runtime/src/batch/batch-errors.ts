/** The queue is at its limit; the caller should say so and try later. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';

  constructor() {
    super('the queue is full');
  }
}

/** The batcher drains and takes nothing more. */
export class BatcherClosedError extends Error {
  override readonly name = 'BatcherClosedError';

  constructor() {
    super('the batcher is closed');
  }
}
