import { assigned, create, finished, progressed, released, sound } from '../evidence-fixture.ts';
import { log, oneMore, type PlantedFault } from './planted-fault.ts';

/** Of the log itself, and of who asked for what stands in it. */
export const logFaults: readonly PlantedFault[] = [
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
];
