import { expect, it } from 'vitest';
import { readOptions } from './options.ts';
import { reportOf } from './report/report.ts';
import { runChaos } from './run.ts';

const MINUTES = 3;
// Start and healing have bounds of their own, some four minutes together.
const LIMIT_MS = (MINUTES + 7) * 60_000;

it(
  'keeps every promise while a nemesis harms it for three minutes',
  async () => {
    const options = readOptions(['--minutes', String(MINUTES)]);
    const { minutes, seed, clients } = options;
    const again = `npm run test:chaos -- --minutes ${minutes} --seed ${seed} --clients ${clients}`;
    console.log(again);
    const result = await runChaos(options, () => undefined);
    console.log(reportOf(result));
    const violations = result.findings.flatMap((finding) => finding.violations);
    expect(violations, again).toEqual([]);
    // An invariant of nothing holds always.
    expect(result.findings.filter(({ checked }) => checked === 0)).toEqual([]);
  },
  LIMIT_MS,
);
