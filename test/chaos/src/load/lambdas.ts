import type { LambdaName } from '../history/operation.ts';

/** Answers who asked, and when it ran by the clock of its machine. */
const answering = (work: string) => `export default async (request, context) => {
  const from = Date.now();
  const ask = await request.text();
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  ${work}
  return { ask, from, until: Date.now() };
};`;

type Lambda = {
  readonly code: string;
  /** Whole seconds; the contract's least is 10. */
  readonly timeout: number;
  readonly capabilities?: Readonly<Record<string, number | boolean>>;
  readonly outcomes: readonly string[];
};

// Whoever stops a node, or all that a node talks to, for longer than a task may take, ends it so.
const byHarm = ['cancelled', 'timed_out', 'lost'];

export const lambdas: Readonly<Record<LambdaName, Lambda>> = {
  quick: { code: answering(''), timeout: 60, outcomes: ['succeeded', ...byHarm] },
  slow: {
    code: answering('await pause(1000); context.progress(50); await pause(Math.random() * 2000);'),
    timeout: 60,
    outcomes: ['succeeded', ...byHarm],
  },
  failing: {
    code: answering("throw new Error('as it was told');"),
    timeout: 60,
    outcomes: ['failed', ...byHarm],
  },
  endless: { code: answering('await pause(3_600_000);'), timeout: 10, outcomes: byHarm },
  // For the large nodes only.
  large: demanding({ memSize: 1500 }),
  cores: demanding({ cpuCount: 3 }),
  near: demanding({ networkLatency: 20 }),
  privileged: demanding({ privileged: true }),
};

/** One demand each: a node that is looked at for another one alone does not hide that this was not. */
function demanding(capabilities: Lambda['capabilities'] & object): Lambda {
  return {
    code: answering('await pause(200);'),
    timeout: 60,
    capabilities,
    outcomes: ['succeeded', ...byHarm],
  };
}

export function timeoutOf(name: LambdaName): number {
  return lambdas[name].timeout;
}

export function outcomesOf(name: LambdaName): readonly string[] {
  return lambdas[name].outcomes;
}

export type LambdaAnswer = { readonly ask: string; readonly from: number; readonly until: number };

/** `undefined` for what none of these lambdas answered. */
export function readAnswer(body: string): LambdaAnswer | undefined {
  try {
    const read: unknown = JSON.parse(body);
    return isAnswer(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isAnswer(read: unknown): read is LambdaAnswer {
  return (
    typeof read === 'object' && read !== null && 'ask' in read && 'from' in read && 'until' in read
  );
}
