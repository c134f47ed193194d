import { describe, expect, it } from 'vitest';
import type { Evidence } from '../history/evidence.ts';
import { checkAll } from './check-all.ts';
import {
  answerOf,
  assigned,
  finished,
  get,
  logOf,
  result,
  sound,
  unanswered,
} from './evidence-fixture.ts';
import { clientFaults, lostLog } from './planted/client-faults.ts';
import { logFaults } from './planted/log-faults.ts';
import { log, oneMore } from './planted/planted-fault.ts';
import { storeFaults } from './planted/store-faults.ts';

function broken(change: Partial<Evidence>): string[] {
  const findings = checkAll({ ...sound, ...change });
  return findings
    .filter(({ violations }) => violations.length > 0)
    .map(({ invariant }) => invariant);
}

it('finds nothing in a sound history, and looks at something for each invariant', () => {
  const findings = checkAll(sound);
  expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
  expect(findings.filter(({ checked }) => checked === 0)).toEqual([]);
});

const faults = [...logFaults, ...clientFaults, ...storeFaults];

describe('a history that shows', () => {
  it.each(faults)('$fault', ({ change, breaks }) => {
    expect(broken(change)).toEqual(expect.arrayContaining([expect.stringMatching(breaks)]));
  });
});

it('has a planted fault for each invariant', () => {
  const unproven = checkAll(sound).filter(
    ({ invariant }) => !faults.some(({ breaks }) => breaks.test(invariant)),
  );
  expect(unproven).toEqual([]);
});

it('lets one slot run one task the moment the other has ended', () => {
  const results = new Map([
    ['t1', answerOf('a1', 10, 20)],
    ['t2', answerOf('a2', 20, 30)],
  ]);
  const two = [...sound.log, ...logOf('t2', [assigned(1), finished(1)], 1)];
  expect(broken({ log: two, contents: { ...sound.contents, results } })).not.toContainEqual(
    expect.stringMatching(/slots/),
  );
});

it('holds nothing against a read whose answer did not come, or that began before the other ended', () => {
  const early = get({ version: 1, at: 305 });
  const operations = [...sound.operations, early, unanswered('late')];
  expect(broken({ operations })).toEqual([]);
});

it('holds nothing against a call that was told to come again', () => {
  expect(broken({ operations: oneMore(unanswered('503 UNAVAILABLE')) })).toEqual([]);
});

it('holds nothing against an end that has its cause', () => {
  const cause = expect.stringMatching(/has a cause/);
  expect(broken({ log: lostLog })).not.toContainEqual(cause);
  const [issued, held, end] = log(assigned(1), finished(1, 'timed_out'));
  if (issued === undefined || held === undefined || end === undefined) throw new Error('no log');
  const late = [issued, held, { ...end, recordedAt: held.recordedAt + 60_000 }];
  expect(broken({ log: late })).not.toContainEqual(cause);
});

it('holds nothing against a wait that is over before the end, or that broke', () => {
  const notReady = { kind: 'refused', status: 404, code: 'RESULT_NOT_READY' } as const;
  const operations = [
    ...sound.operations,
    result(900, notReady),
    result(40_400, { kind: 'unknown', why: 'ECONNRESET' }),
    result(40_400, { kind: 'unknown', why: '503 UNAVAILABLE' }),
  ];
  expect(broken({ operations })).toEqual([]);
});
