import { arch, execPath, getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Isolation, LaunchPlace, SandboxUser } from './launch-place.ts';
import { planLaunch } from './launch-plan.ts';
import { nodeLibraries } from './node-libraries.ts';
import type { Started } from './outcome.ts';
import { Sandbox } from './sandbox.ts';
import { seccompFilter } from './seccomp-filter.ts';

const PROBE_MEMORY_MIB = 64;

export interface PreparedPlace {
  readonly place: LaunchPlace;
  /** What was tried before and did not work, for the operator. */
  readonly refused: readonly string[];
}

/**
 * The strongest place for lambdas that works on this machine, proved by a real sandbox: many
 * containers have `bwrap` and forbid the namespaces it needs. Throws when not even a process works.
 */
export async function preparePlace(bwrap: string | undefined): Promise<PreparedPlace> {
  const namespace = namespaceOf(bwrap);
  const refused = typeof namespace === 'string' ? [namespace] : [];
  for (const place of candidates(namespace)) {
    const started = await probe(place);
    if (started.kind === 'started') return { place, refused };
    refused.push(`${place.isolation.kind} isolation as ${place.user}: ${started.detail}`);
  }
  throw new Error(`no lambda can run on this machine: ${refused.join('; ')}`);
}

/** Or why there is none. */
function namespaceOf(bwrap: string | undefined): Isolation | string {
  if (bwrap === undefined) return 'bubblewrap (bwrap) was not found';
  const filter = seccompFilter(arch);
  return filter === undefined
    ? `no seccomp filter for ${arch}`
    : { kind: 'namespace', bwrap, filter };
}

/** Strongest first. Only root can be somebody else. */
function candidates(namespace: Isolation | string): LaunchPlace[] {
  const isolations: Isolation[] = [{ kind: 'process' }];
  if (typeof namespace !== 'string') isolations.unshift(namespace);
  const users: SandboxUser[] = getuid?.() === 0 ? ['nobody', 'own'] : ['own'];
  return isolations.flatMap((isolation) => users.map((user) => placeOf(isolation, user)));
}

/** Where lambdas run with this isolation, with the Node that runs the agent. */
export function placeOf(isolation: Isolation, user: SandboxUser): LaunchPlace {
  const runner = fileURLToPath(new URL('runner', import.meta.url));
  return { isolation, user, node: execPath, runner, libraries: nodeLibraries() };
}

async function probe(place: LaunchPlace): Promise<Started> {
  const sandbox = new Sandbox(planLaunch(place, PROBE_MEMORY_MIB));
  const started = await sandbox.started;
  sandbox.kill();
  await sandbox.ended;
  return started;
}
