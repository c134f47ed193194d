import type { Examples } from '../../routing/answer-spec.ts';
import { exampleIds } from '../example-ids.ts';

const capabilities = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false };

const finished = {
  id: exampleIds.task,
  lambdaId: exampleIds.lambda,
  issued: '1678087212',
  assigned: '1678087212',
  finished: '1678087213',
  progress: 100,
  node: exampleIds.node,
  timeout: 10,
  capabilities,
  state: 'finished',
  outcome: 'succeeded',
  status: 200,
  attempt: 1,
  version: 4,
  result: { status: 200, contentType: 'application/json', body: '{"characters":11,"words":2}' },
};

const { result: _, ...unfinished } = {
  ...finished,
  assigned: '',
  finished: '',
  progress: 0,
  node: '',
  state: 'issued',
  outcome: '',
  status: 0,
  attempt: 0,
  version: 1,
};

export const taskExamples: Examples = {
  finished: { summary: 'Finished, with its result', value: finished },
  issued: { summary: 'Accepted a moment ago', value: unfinished },
};

export const newTaskExamples: Examples = {
  text: {
    summary: 'A payload that is text',
    value: { lambdaId: exampleIds.lambda, timeout: 10, inlinePayload: 'hello world' },
  },
  json: {
    summary: 'A payload that is JSON, handed over as application/json',
    value: { lambdaId: exampleIds.lambda, timeout: 30, inlinePayload: { width: 80, height: 60 } },
  },
  bare: {
    summary: 'No payload',
    value: { lambdaId: exampleIds.lambda, timeout: 120 },
  },
};

export const taskIdExamples: Examples = {
  issued: { summary: 'The new task', value: { id: exampleIds.task } },
};

export const taskListExamples: Examples = {
  page: {
    summary: 'Two tasks, newest first',
    value: [
      {
        id: exampleIds.otherTask,
        lambdaId: exampleIds.lambda,
        issued: '1678087214',
        progress: 40,
        status: 0,
        state: 'running',
      },
      {
        id: exampleIds.task,
        lambdaId: exampleIds.lambda,
        issued: '1678087212',
        progress: 100,
        status: 200,
        state: 'finished',
      },
    ],
  },
};

const issuedEvent = {
  version: 1,
  at: '1678087212',
  atMs: 1_678_087_212_345,
  type: 'TaskIssued',
  lambdaId: exampleIds.lambda,
  codeVersion: exampleIds.codeVersion,
  timeout: 10,
  capabilities,
  payload: { size: 11, contentType: 'text/plain' },
};

const later = { at: '1678087212', attempt: 1 };

export const historyExamples: Examples = {
  succeeded: {
    summary: 'The whole life of a task',
    value: [
      issuedEvent,
      {
        version: 2,
        ...later,
        atMs: 1_678_087_212_350,
        type: 'TaskAssigned',
        node: exampleIds.node,
      },
      { version: 3, ...later, atMs: 1_678_087_212_360, type: 'TaskProgressed', progress: 0 },
      {
        version: 4,
        attempt: 1,
        at: '1678087213',
        atMs: 1_678_087_213_012,
        type: 'TaskFinished',
        outcome: 'succeeded',
        status: 200,
        detail: '',
        result: { size: 27, contentType: 'application/json' },
      },
    ],
  },
};

export const watchExamples: Examples = {
  first: {
    summary: 'The first event, after the reconnection time',
    value: `retry:1000\n\nevent:TaskIssued\nid:1\ndata:${JSON.stringify(issuedEvent)}\n\n`,
  },
};
