import { describe, expect, it } from 'vitest';
import type { Evidence } from '../history/evidence.ts';
import { checkAll } from './check-all.ts';
import {
  answerOf,
  assigned,
  create,
  finished,
  get,
  logOf,
  node,
  progressed,
  released,
  sound,
  unanswered,
  watch,
} from './evidence-fixture.ts';

function broken(change: Partial<Evidence>): string[] {
  const findings = checkAll({ ...sound, ...change });
  return findings
    .filter(({ violations }) => violations.length > 0)
    .map(({ invariant }) => invariant);
}

const log = (...events: Parameters<typeof logOf>[1]) => logOf('t1', events);
const oneMore = (operation: (typeof sound.operations)[number]) => [...sound.operations, operation];

it('finds nothing in a sound history, and looks at something for each invariant', () => {
  const findings = checkAll(sound);
  expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
  expect(findings.filter(({ checked }) => checked === 0)).toEqual([]);
});

/** Each a history that one planted fault would leave behind; the invariant is the one that it breaks. */
const faults: readonly { fault: string; change: Partial<Evidence>; breaks: RegExp }[] = [
  {
    fault: 'an accepted task is not in the log',
    change: { operations: oneMore(create({ ask: 'a2', id: 't2' })) },
    breaks: /accepted task has a stream/,
  },
  {
    fault: 'an accepted task has no view row',
    change: { views: [] },
    breaks: /accepted task has a stream/,
  },
  {
    fault: 'an accepted task never ends',
    change: { log: log(assigned(1)) },
    breaks: /accepted task has a stream/,
  },
  {
    fault: 'a task has two finishes',
    change: { log: log(assigned(1), finished(1), finished(1)) },
    breaks: /exactly one finish/,
  },
  {
    fault: 'a task goes on after its finish',
    change: { log: log(assigned(1), finished(1), progressed(1)) },
    breaks: /exactly one finish/,
  },
  {
    fault: 'a timeout was taken for a failure, and the ask made a second task',
    change: {
      contents: {
        ...sound.contents,
        payloads: new Map([
          ['t1', 'a1'],
          ['t2', 'a1'],
        ]),
      },
    },
    breaks: /one ask/,
  },
  {
    fault: 'one key is answered with two ids',
    change: { operations: oneMore(create({ ask: 'a1', id: 't2' })) },
    breaks: /one ask/,
  },
  {
    fault: 'a refused ask makes a task',
    change: {
      operations: [
        {
          ...create({ ask: 'a1' }),
          ending: { kind: 'refused', status: 422, code: 'VALIDATION_FAILED' },
        },
      ],
    },
    breaks: /one ask/,
  },
  {
    fault: 'a task appears that nobody asked for',
    change: { contents: { ...sound.contents, payloads: new Map([['t1', 'a9']]) } },
    breaks: /never asked for/,
  },
  {
    fault: 'a task is cancelled by nobody',
    change: { log: log(assigned(1), finished(1, 'cancelled')) },
    breaks: /never asked for/,
  },
  {
    fault: 'a position is skipped, as a sequence does it',
    change: { log: sound.log.map((row, n) => (n === 5 ? { ...row, position: 7 } : row)) },
    breaks: /positions are dense/,
  },
  {
    fault: 'a version comes twice',
    change: { log: sound.log.map((row, n) => (n === 5 ? { ...row, version: 5 } : row)) },
    breaks: /versions are dense/,
  },
  {
    fault: 'an attempt is used again',
    change: { log: log(assigned(1), released(1), assigned(1), finished(1)) },
    breaks: /attempts rise/,
  },
  {
    fault: 'a fenced attempt finishes',
    change: { log: log(assigned(1), released(1), assigned(2), finished(1)) },
    breaks: /fenced/,
  },
  {
    fault: 'a fenced attempt progresses',
    change: { log: log(assigned(1), released(1), progressed(1), assigned(2), finished(2)) },
    breaks: /fenced/,
  },
  {
    fault: 'a task is assigned while another node holds it',
    change: { log: log(assigned(1), assigned(2), finished(2)) },
    breaks: /fenced/,
  },
  {
    fault: 'a task goes to a node that is too small',
    change: {
      nodes: new Map([
        [node, { slots: 1, cpuCount: 4, memSize: 256, networkLatency: 1, privileged: false }],
      ]),
    },
    breaks: /fits/,
  },
  {
    fault: 'a node of one slot runs two tasks at once',
    change: {
      log: [...sound.log, ...logOf('t2', [assigned(1), finished(1)], 1)],
      contents: {
        ...sound.contents,
        results: new Map([
          ['t1', answerOf('a1', 10, 20)],
          ['t2', answerOf('a2', 19, 30)],
        ]),
      },
    },
    breaks: /slots/,
  },
  {
    fault: 'the checkpoint went before the effect, and a view is old',
    change: { views: sound.views.map((row) => ({ ...row, version: 5, state: 'running' })) },
    breaks: /fold/,
  },
  {
    fault: 'a view has a task that the log has not',
    change: { views: [...sound.views, ...sound.views.map((row) => ({ ...row, taskId: 't7' }))] },
    breaks: /fold/,
  },
  {
    fault: 'a task is not found after its 201',
    change: { operations: oneMore(get({ version: 0, at: 400 })) },
    breaks: /older/,
  },
  {
    fault: 'a client reads older than it saw',
    change: { operations: oneMore(get({ version: 3, at: 400 })) },
    breaks: /older/,
  },
  {
    fault: 'a watch tells of an event that was never recorded',
    change: { operations: oneMore(watch([{ version: 1, type: 'TaskFinished' }])) },
    breaks: /watched event stands/,
  },
  {
    fault: 'a watch skips an event',
    change: { operations: oneMore(watch([{ version: 2, type: 'TaskAssigned' }])) },
    breaks: /once and in order/,
  },
  {
    fault: 'a result is that of another task',
    change: { contents: { ...sound.contents, results: new Map([['t1', answerOf('a2')]]) } },
    breaks: /its lambda can have/,
  },
  {
    fault: 'a lambda that cannot fail has failed',
    change: { log: log(assigned(1), finished(1, 'failed')) },
    breaks: /its lambda can have/,
  },
  {
    fault: 'an end that a client was told is taken back',
    change: { operations: oneMore(get({ version: 6, at: 400, outcome: 'cancelled' })) },
    breaks: /is the end/,
  },
  {
    fault: 'a call is answered 500',
    change: { operations: oneMore(unanswered('500 INTERNAL')) },
    breaks: /a fault of ours/,
  },
];

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
