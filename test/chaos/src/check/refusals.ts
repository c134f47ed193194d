import type { Evidence } from '../history/evidence.ts';
import { type Finding, inspect, unless } from './finding.ts';

/** Whoever is harmed, a client is told "not now": another 5xx is a fault of ours. */
export function refusalsAreKnown({ operations }: Evidence): Finding {
  return inspect(
    'no call is answered by a fault of ours (a 5xx other than 503)',
    operations,
    ({ kind, ending, startedAt }) => {
      const why = ending.kind === 'unknown' ? ending.why : '';
      return unless(
        !/^5\d\d /.test(why) || why.startsWith('503 '),
        () => `${kind} at ${new Date(startedAt).toISOString()} was answered ${why}`,
      );
    },
  );
}
