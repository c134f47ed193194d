import type { RecordedEvent } from '@greencloud/event-log';
import type { FromNode, ToNode } from '../../fleet/messages.ts';
import type {
  AssignAnswer,
  AssignCommand,
  ReportAnswer,
  ReportCommand,
} from '../../record/task-commands.ts';

/** What the scheduler's thread says to the thread of the log and the nodes. */
export type ToOthers =
  | { readonly kind: 'assign'; readonly call: number; readonly commands: readonly AssignCommand[] }
  | { readonly kind: 'report'; readonly call: number; readonly commands: readonly ReportCommand[] }
  | { readonly kind: 'told'; readonly node: number; readonly message: ToNode }
  /** Write so many more tasks: as whole streams for the start, or as events of the follower. */
  | { readonly kind: 'write'; readonly as: 'streams' | 'events'; readonly tasks: number }
  | { readonly kind: 'open' }
  | { readonly kind: 'beat'; readonly everyMs: number };

/** And what it hears: each letter is read in a turn of its own, as from a socket. */
export type ToScheduler =
  | { readonly kind: 'assigned'; readonly call: number; readonly answers: readonly AssignAnswer[] }
  | { readonly kind: 'reported'; readonly call: number; readonly answers: readonly ReportAnswer[] }
  | { readonly kind: 'streams'; readonly streams: readonly RecordedEvent[][] }
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'from-node'; readonly node: number; readonly message: FromNode };
