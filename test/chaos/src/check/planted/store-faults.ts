import { answerOf, assigned, finished, logOf, node, sound } from '../evidence-fixture.ts';
import { type PlantedFault } from './planted-fault.ts';

const largest = { slots: 1, cpuCount: 4, memSize: 2_048, networkLatency: 10, privileged: true };

/** One thing at a time that the task demands and the node has not. */
const demands = [{ cpuCount: 2 }, { memSize: 256 }, { networkLatency: 50 }, { privileged: false }];

/** Of the views, the nodes and the processes. */
export const storeFaults: readonly PlantedFault[] = [
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
    fault: 'a view tells another time than the log',
    change: { views: sound.views.map((row) => ({ ...row, finishedAt: 1_004 })) },
    breaks: /fold/,
  },
  {
    fault: 'a list leaves a task out',
    change: { listed: [] },
    breaks: /the list has each task once/,
  },
  {
    fault: 'a list shows a task twice, as where a page begins anew',
    change: { listed: [...sound.listed, ...sound.listed] },
    breaks: /the list has each task once/,
  },
  {
    fault: 'a list shows an older state',
    change: { listed: sound.listed.map((task) => ({ ...task, state: 'running' })) },
    breaks: /the list has each task once/,
  },
  ...demands.map((offer) => ({
    fault: `a task goes to a node with ${JSON.stringify(offer)}`,
    change: { nodes: new Map([[node, { ...largest, ...offer }]]) },
    breaks: /fits/,
  })),
  {
    fault: 'compare finds counters that do not agree with their tasks',
    change: { programs: [{ program: 'compare', code: 1, output: 'compare: difference: …' }] },
    breaks: /verify and compare/,
  },
  {
    fault: 'a program does not come to its end',
    change: { programs: [{ program: 'verify', code: null, output: '' }] },
    breaks: /verify and compare/,
  },
  ...['uncaught error', 'UnhandledPromiseRejection', 'JavaScript heap out of memory'].map(
    (said) => ({
      fault: `a process says ${said}`,
      change: { logs: [...sound.logs, { file: 'scheduler-1.log', text: `a line\n${said}\n` }] },
      breaks: /nobody caught/,
    }),
  ),
];
