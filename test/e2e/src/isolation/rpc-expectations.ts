import type { Rpc } from '../rpc/contracts.ts';
import type { FieldSlot } from './fill-message.ts';
import type { Kind } from './slots.ts';

/** What a call must answer, and whether the caller may have written. */
export interface Expectation {
  readonly codes: readonly string[];
  readonly writes: 'nothing' | 'own';
}

/** `by role`: the call acts for all tenants, and its role is the guard; the role cells try it. */
type Verdict = Expectation | 'by role';

const nothing = (...codes: string[]): Expectation => ({ codes, writes: 'nothing' });
const itsOwn = (...codes: string[]): Expectation => ({ codes, writes: 'own' });

/** `Method field kind`; a field of `*` is any. Where an answer differs from that of its kind. */
const exceptions: Readonly<Record<string, Verdict>> = {
  // These name nothing but the tenant, and the edge has it from a token that it verified.
  'IssueTasks tenant_id foreign': 'by role',
  'CreateLambda tenant_id foreign': 'by role',
  'ListLambdas tenant_id foreign': 'by role',
  'ListTasks tenant_id foreign': 'by role',
  'ListNodes tenant_id foreign': 'by role',
  'CountNodes tenant_id foreign': 'by role',
  'CountTasks tenant_id foreign': 'by role',
  'CreateLambda tenant_id random': nothing('OK'),
  'ListLambdas tenant_id random': nothing('OK'),
  'ListTasks tenant_id random': nothing('OK'),
  'ListNodes tenant_id random': nothing('OK'),
  'CountNodes tenant_id random': nothing('OK'),
  'CountTasks tenant_id random': nothing('OK'),

  // Who reads the log reads all of it: views and schedules are made for every tenant.
  'ReadTasks task_ids foreign': 'by role',
  'ReadTasks task_ids random': nothing('OK'),
  'GetPayload task_id foreign': 'by role',
  'GetPayload task_id random': nothing('OK'),
  'BatchGetResults * foreign': nothing('OK'),
  'BatchGetResults * random': nothing('OK'),

  // The edge has asked the catalogue before: the log takes its word for lambda and version.
  'IssueTasks lambda_id foreign': 'by role',
  'IssueTasks lambda_id random': 'by role',
  'IssueTasks code_version random': 'by role',
  'IssueTasks tenant_id random': 'by role',
  'IssueTasks task_id own': nothing('TASK_ALREADY_ISSUED'),
  'IssueTasks task_id foreign': nothing('TASK_ALREADY_ISSUED'),
  'IssueTasks task_id random': itsOwn('OK'),
  // Its own key stands for another request; another tenant's key is a new one here.
  'IssueTasks idempotency_key own': nothing('IDEMPOTENCY_KEY_REUSED'),
  'IssueTasks idempotency_key foreign': itsOwn('OK'),
  'IssueTasks idempotency_key random': itsOwn('OK'),

  // The scheduler acts for all tenants; attempt and version are the guard, and are wrong here.
  'AssignTasks * own': nothing('TASK_ALREADY_FINISHED'),
  'AssignTasks task_id foreign': nothing('TASK_ALREADY_FINISHED', 'CONFLICT', 'TASK_NOT_FOUND'),
  'AssignTasks node_id foreign': nothing('TASK_ALREADY_FINISHED'),
  'AssignTasks node_id random': nothing('TASK_ALREADY_FINISHED'),
  'ReportTasks * own': nothing('FENCED'),
  'ReportTasks task_id foreign': nothing('FENCED', 'TASK_NOT_FOUND'),
  'ReportTasks node_id foreign': nothing('FENCED'),
  'ReportTasks node_id random': nothing('FENCED'),

  // The caller chooses a new node's id; a taken one is refused.
  'EnrolNode node_id random': nothing('OK'),
  'EnrolNode * foreign': nothing('NODE_ALREADY_ENROLLED'),
  'EnrolNode * random': nothing('NODE_ALREADY_ENROLLED'),
  'ExplainWaiting * foreign': nothing('TASK_NOT_FOUND'),
  'ExplainWaiting * random': nothing('TASK_NOT_FOUND'),

  // One bad key never fails a batch: it is a lambda that is not there.
  'ResolveLambdas * malformed': nothing('LAMBDA_NOT_FOUND'),

  'ListTasks lambda_id foreign': nothing('OK'),
  'ListTasks lambda_id random': nothing('OK'),
  'ListTasks node_id foreign': nothing('OK'),
  'ListTasks node_id random': nothing('OK'),
  'ListLambdas tag foreign': nothing('OK'),
  'ListLambdas tag random': nothing('OK'),
};

const malformed: Readonly<Record<FieldSlot['thing'], string>> = {
  tenant: 'NEEDS_LOGIN',
  task: 'INVALID_ID',
  lambda: 'INVALID_ID',
  node: 'INVALID_ID',
  'code version': 'INVALID_ID',
  'task cursor': 'INVALID_CURSOR',
  'lambda cursor': 'INVALID_CURSOR',
  key: 'VALIDATION_FAILED',
  tag: 'INVALID_PARAMETER',
};

const missing: Readonly<Record<string, string>> = {
  TaskCommandService: 'TASK_NOT_FOUND',
  TaskQueryService: 'TASK_NOT_FOUND',
  LambdaCatalogService: 'LAMBDA_NOT_FOUND',
  NodeAdminService: 'NODE_NOT_FOUND',
};

export function expectationOf({ service, method }: Rpc, slot: FieldSlot, kind: Kind): Verdict {
  const field = slot.path.at(-1) ?? '';
  const exception =
    exceptions[`${method.name} ${field} ${kind}`] ?? exceptions[`${method.name} * ${kind}`];
  if (exception !== undefined) return exception;
  if (kind === 'own') return itsOwn('OK');
  if (kind === 'malformed') return nothing(malformed[slot.thing]);
  if (slot.thing.endsWith('cursor')) return nothing('INVALID_CURSOR');
  return nothing(missing[service.name] ?? '');
}
