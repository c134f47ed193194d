import {
  answerOf,
  assigned,
  cancel,
  create,
  finished,
  get,
  released,
  result,
  sound,
  unanswered,
  watch,
  wellEnded,
} from '../evidence-fixture.ts';
import { log, oneMore, type PlantedFault } from './planted-fault.ts';

const issue = create({ ask: 'a1', id: 't1' });

/** Five nodes, one after the other. */
export const lostLog = log(
  ...[1, 2, 3, 4].flatMap((attempt) => [assigned(attempt), released(attempt)]),
  assigned(5),
  finished(5, 'lost'),
);

/** Of what clients are told, and of how their tasks end. */
export const clientFaults: readonly PlantedFault[] = [
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
  {
    fault: 'a client reads behind its own cancel',
    change: { operations: [issue, cancel(400, 6), get({ version: 5, at: 410 })] },
    breaks: /older/,
  },
  {
    fault: 'a client reads behind a result that it was told',
    change: { operations: [issue, result(1_010, wellEnded), get({ version: 5, at: 1_020 })] },
    breaks: /older/,
  },
  {
    fault: 'a client reads behind what it has watched',
    change: {
      operations: [
        watch([
          { version: 1, type: 'TaskIssued' },
          { version: 2, type: 'TaskAssigned' },
        ]),
        get({ version: 1, at: 20 }),
      ],
    },
    breaks: /older/,
  },
  {
    fault: 'a result is not found after the 201',
    change: {
      operations: oneMore(result(410, { kind: 'refused', status: 404, code: 'TASK_NOT_FOUND' })),
    },
    breaks: /older/,
  },
  {
    fault: 'a cancel is told another version than that of the end',
    change: {
      log: log(finished(0, 'cancelled')),
      operations: [create({ ask: 'a1', id: 't1' }), cancel(400, 1)],
    },
    breaks: /is the end/,
  },
  {
    fault: 'a watch is not told the end, and stays open',
    change: { operations: oneMore(watch([{ version: 1, type: 'TaskIssued' }], 'cut')) },
    breaks: /waits for ever/,
  },
  {
    fault: 'a watch is never answered',
    change: {
      operations: oneMore({
        ...watch([]),
        kind: 'watch',
        asked: { id: 't1', after: 5 },
        ending: { kind: 'unknown', why: 'AbortError' },
      }),
    },
    breaks: /waits for ever/,
  },
  {
    fault: 'a result is said not to be ready long after the end',
    change: {
      operations: oneMore(
        result(40_400, { kind: 'refused', status: 404, code: 'RESULT_NOT_READY' }),
      ),
    },
    breaks: /waits for a result/,
  },
  {
    fault: 'a result comes only when the wait is over',
    change: { operations: oneMore(result(40_400, wellEnded)) },
    breaks: /waits for a result/,
  },
  {
    fault: 'who waits for a result is never answered',
    change: { operations: oneMore(result(60_400, { kind: 'unknown', why: 'TimeoutError' })) },
    breaks: /waits for a result/,
  },
  {
    fault: 'a task that lost no node ends as lost',
    change: { log: log(assigned(1), finished(1, 'lost')) },
    breaks: /has a cause/,
  },
  {
    fault: 'a task ends as timed out as soon as a node has it',
    change: { log: log(assigned(1), finished(1, 'timed_out')) },
    breaks: /has a cause/,
  },
  {
    fault: 'tasks are given up, each with a cause',
    change: { log: lostLog },
    breaks: /can succeed/,
  },
];
