import type { Examples } from '../../routing/answer-spec.ts';
import { exampleIds } from '../example-ids.ts';

export const newNodeExamples: Examples = {
  named: { summary: 'With a description', value: { description: 'Solar roof, hall 3' } },
};

export const nodeTokenExamples: Examples = {
  enrolled: {
    summary: 'The token of the new node',
    value: { token: '2yV0mJ6bq0iYd8y5oYt3nP0cT1q-7Zr9wXk_4LhGdEs' },
  },
};

export const nodeListExamples: Examples = {
  one: {
    summary: 'One node at work',
    value: [
      {
        hash: exampleIds.node,
        description: 'Solar roof, hall 3',
        available: true,
        disabled: false,
        draining: false,
        running: 2,
        capabilities: {
          cpuCount: 4,
          memSize: 8_192,
          networkLatency: 12,
          privileged: false,
          slots: 4,
        },
        energy: { source: 'renewable', carbonIntensity: 30 },
        lastSeen: '1678087215',
      },
    ],
  },
};

export const restoredNodeExamples: Examples = {
  restored: { summary: 'It may work again', value: { hash: exampleIds.node, disabled: false } },
};
