import type { Contents, ListedTask, LogRow, NodeOffer, ViewRow } from './log-row.ts';
import type { LogText } from './process-logs.ts';
import type { ProgramRun } from './programs.ts';
import type { Operation } from './operation.ts';

/** All that a run leaves behind; every checker is a function of it. */
export type Evidence = {
  readonly operations: readonly Operation[];
  /** In the order of partition and position. */
  readonly log: readonly LogRow[];
  readonly views: readonly ViewRow[];
  readonly contents: Contents;
  readonly nodes: ReadonlyMap<string, NodeOffer>;
  /** Page after page, as a client reads it in the end. */
  readonly listed: readonly ListedTask[];
  /** What the operators' programs say in the end. */
  readonly programs: readonly ProgramRun[];
  /** Of every process, over all its lives. */
  readonly logs: readonly LogText[];
};

/** The events of each task in the order of their positions. */
export function streamsOf(log: readonly LogRow[]): ReadonlyMap<string, readonly LogRow[]> {
  return Map.groupBy(log, ({ taskId }) => taskId);
}

/** The operations of some kinds, typed as such. */
export function ofKind<Kind extends Operation['kind']>(
  operations: readonly Operation[],
  kind: Kind,
): Extract<Operation, { kind: Kind }>[] {
  return operations.filter(
    (operation): operation is Extract<Operation, { kind: Kind }> => operation.kind === kind,
  );
}
