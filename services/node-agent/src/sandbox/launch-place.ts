/**
 * namespace: bubblewrap around the process: own namespaces, no network, a read-only system of a
 *            dozen files, and a seccomp filter.
 * process:   Node's permission model and limits only. Network and signals are not guarded.
 */
export type Isolation =
  | { readonly kind: 'namespace'; readonly bwrap: string; readonly filter: Buffer }
  | { readonly kind: 'process' };

/** As whom a sandbox is started: an agent that is root gives that up for its lambdas. */
export type SandboxUser = 'nobody' | 'own';

export interface LaunchPlace {
  readonly isolation: Isolation;
  readonly user: SandboxUser;
  /** The Node binary that runs lambdas. */
  readonly node: string;
  /** The folder of the runner's files; nothing else is in it. */
  readonly runner: string;
  /** Shared libraries of the Node binary, by the names its loader looks for. */
  readonly libraries: readonly string[];
}
