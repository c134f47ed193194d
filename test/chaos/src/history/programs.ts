import { runProcess, serviceEntry, serviceEnvironment } from '@greencloud/testing';
import type { ChaosStack } from '../servers/chaos-stack.ts';

/** How one of the operators' programs ended, and what it said. */
export type ProgramRun = {
  readonly program: string;
  readonly code: number | null;
  readonly output: string;
};

const LIMIT_MS = 120_000;

/** `npm run verify` and `npm run compare`, on our database and as the services that they belong to. */
export async function runPrograms(chaos: ChaosStack): Promise<ProgramRun[]> {
  return [await run(chaos, 'task-command', 'verify'), await run(chaos, 'projection', 'compare')];
}

async function run({ stack }: ChaosStack, service: string, program: string): Promise<ProgramRun> {
  const entry = serviceEntry(service).replace(/main\.ts$/, `${program}.ts`);
  const env = await serviceEnvironment(stack, service);
  const { code, output } = await runProcess({ entry, env, timeoutMs: LIMIT_MS });
  return { program, code, output };
}
