import type { Outcome } from '../sandbox/outcome.ts';
import type { Content, Finish, Release, Returned } from './messages.ts';

/** How an attempt ends for the scheduler. */
export type Ending = Finish | Release | Returned;

export const refused: Release = { kind: 'release', reason: 'refused' };
export const returned: Returned = { kind: 'returned' };
export const drained: Release = { kind: 'release', reason: 'drained' };

export const timedOut: Finish = {
  kind: 'finish',
  outcome: 'timed_out',
  status: 504,
  detail: 'the lambda did not answer within its timeout',
  result: undefined,
};

export function failed(detail: string): Finish {
  return { kind: 'finish', outcome: 'failed', status: 500, detail, result: undefined };
}

/** Undefined for what we stopped ourselves: of that nothing is reported. */
export function endingOf(outcome: Outcome): Ending | undefined {
  switch (outcome.kind) {
    case 'answered':
      return succeeded(outcome.status, outcome);
    case 'failed':
    case 'crashed':
      return failed(outcome.detail);
    case 'timed-out':
      return timedOut;
    case 'stopped':
      return undefined;
    default:
      return outcome satisfies never;
  }
}

function succeeded(status: number, { contentType, body }: Content): Finish {
  const result = contentType === '' && body.length === 0 ? undefined : { contentType, body };
  return { kind: 'finish', outcome: 'succeeded', status, detail: '', result };
}
