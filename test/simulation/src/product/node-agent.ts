export { Agent } from '../../../../services/node-agent/src/agent/agent.ts';
export { createCodeStore } from '../../../../services/node-agent/src/code/code-store.ts';
export {
  type SchedulerClient,
  schedulerClientOver,
} from '../../../../services/node-agent/src/grpc/scheduler-client.ts';
export type {
  Acquired,
  SandboxSpec,
} from '../../../../services/node-agent/src/pool/pool-options.ts';
export type { SandboxPool } from '../../../../services/node-agent/src/pool/sandbox-pool.ts';
export type { LambdaRequest } from '../../../../services/node-agent/src/sandbox/execution.ts';
export type { Outcome } from '../../../../services/node-agent/src/sandbox/outcome.ts';
export type { Sandbox } from '../../../../services/node-agent/src/sandbox/sandbox.ts';
export type { NodeOffer } from '../../../../services/node-agent/src/session/messages.ts';
