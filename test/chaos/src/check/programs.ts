import type { Evidence } from '../history/evidence.ts';
import { type Finding, inspect, unless } from './finding.ts';

const SHOWN = 20;

/** The counters too: nothing else here compares them. */
export function programsAgree({ programs }: Evidence): Finding {
  return inspect(
    'verify and compare find nothing in the end',
    programs,
    ({ program, code, output }) => {
      const said = output.trim().split('\n').slice(0, SHOWN).join('; ');
      return unless(code === 0, () => `${program} ended with ${code}: ${said}`);
    },
  );
}
