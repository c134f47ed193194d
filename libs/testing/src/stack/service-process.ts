import { eventually } from '../eventually.ts';
import { processEnvironment } from '../process/process-environment.ts';
import { inRepository } from '../repository.ts';
import type { StackProcess } from './stack-file.ts';
import type { OpenStack } from './with-stack.ts';

type Stack = Pick<OpenStack, 'file'>;

/** The names under which stack.json lists our own processes. */
export const serviceNames = [
  'edge',
  'task-command',
  'projection',
  'scheduler',
  'lambda-catalog',
  'node-agent',
] as const;

/** The program of a service, for `startProcess`. */
export function serviceEntry(service: string): string {
  return inRepository(`services/${service}/src/main.ts`);
}

/** The processes of a service that stack.json names now. */
export async function processesOf(stack: Stack, service: string): Promise<StackProcess[]> {
  const { processes } = await stack.file();
  return processes.filter((each) => each.service === service);
}

/** What the service's process in the stack was started with, its memory limits too (Linux). */
export async function serviceEnvironment(
  stack: Stack,
  service: string,
): Promise<Record<string, string>> {
  const { pid } = await eventually(async () => (await processesOf(stack, service))[0] ?? false);
  const variables = Object.entries(await processEnvironment(pid));
  return Object.fromEntries(variables.filter(([name]) => /^(GC_|NODE_OPTIONS$)/.test(name)));
}
