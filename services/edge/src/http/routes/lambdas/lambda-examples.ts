import type { Examples } from '../../routing/answer-spec.ts';
import { exampleIds } from '../example-ids.ts';

const demands = { timeout: 30, cpuCount: 1, memSize: 256, networkLatency: 100, privileged: false };

const lambda = {
  id: exampleIds.lambda,
  name: 'textStatistics',
  description: 'Counts words',
  tag: ['text', 'demo'],
  scmUrl: 'https://git.example/text.git',
  lang: 'js',
  type: 'module',
  paused: false,
  codeVersion: exampleIds.codeVersion,
  capabilities: demands,
  created: '1678080000',
  updated: '1678083600',
};

export const newLambdaExamples: Examples = {
  short: {
    summary: 'What is needed',
    value: { name: 'textStatistics', lang: 'js', type: 'module' },
  },
  whole: {
    summary: 'With all members',
    value: {
      name: 'textStatistics',
      description: 'Counts words',
      tag: ['text', 'demo'],
      scmUrl: 'https://git.example/text.git',
      lang: 'js',
      type: 'module',
    },
  },
};

export const lambdaIdExamples: Examples = {
  made: { summary: 'The new lambda', value: { id: exampleIds.lambda } },
};

export const lambdaExamples: Examples = { ready: { summary: 'With code', value: lambda } };

export const lambdaListExamples: Examples = { page: { summary: 'One lambda', value: [lambda] } };

export const lambdaChangeExamples: Examples = {
  rename: { summary: 'Another description', value: { description: 'Counts words and lines' } },
};

export const demandExamples: Examples = {
  all: { summary: 'Every demand', value: demands },
  none: { summary: 'No demand', value: {} },
};

export const codeExamples: Examples = {
  echo: {
    summary: 'Answers how long its payload is',
    value: 'export default async (request) => ({ length: (await request.text()).length });\n',
  },
};
