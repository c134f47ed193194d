import { randomBytes, randomUUID } from 'node:crypto';
import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Rpc } from '../rpc/contracts.ts';
import type { Thing } from './slots.ts';

/** A field of a request that names something of somebody's. */
export interface FieldSlot {
  /** Names of the fields that lead to it. */
  readonly path: readonly string[];
  readonly thing: Thing | 'tenant' | 'code version';
  /** What the field holds while another one is looked at. */
  readonly usually: 'own' | 'empty' | 'new';
}

type Known = { readonly plain: () => JsonValue } | Pick<FieldSlot, 'thing' | 'usually'>;

const plain = (value: JsonValue): Known => ({ plain: () => value });
const own = (thing: FieldSlot['thing']): Known => ({ thing, usually: 'own' });
const empty = (thing: FieldSlot['thing']): Known => ({ thing, usually: 'empty' });
const base64 = (text: string) => Buffer.from(text).toString('base64');

/**
 * What every field of every request is, by `Message.field` or by `field`. One that is not here
 * fails the matrix: whoever adds a field says here what it names.
 */
const fields: Readonly<Record<string, Known>> = {
  tenant_id: own('tenant'),
  task_id: own('task'),
  task_ids: own('task'),
  lambda_id: own('lambda'),
  node_id: own('node'),
  code_version: own('code version'),
  'IssueTask.task_id': { thing: 'task', usually: 'new' },
  'IssueTask.idempotency_key': empty('key'),
  'ListTasksRequest.lambda_id': empty('lambda'),
  'ListTasksRequest.node_id': empty('node'),
  'ListTasksRequest.page_token': empty('task cursor'),
  'ListLambdasRequest.page_token': empty('lambda cursor'),
  'ListLambdasRequest.tag': empty('tag'),
  command_id: { plain: randomUUID },
  request_id: { plain: randomUUID },
  request_hash: { plain: () => randomBytes(32).toString('base64') },
  timeout_seconds: plain(10),
  timeout: plain(10),
  cpu_count: plain(0),
  mem_size: plain(0),
  // No node of these tests is that near.
  network_latency: plain(1),
  privileged: plain(false),
  content_type: plain('text/plain'),
  body: plain(base64('x')),
  code: plain(base64('export default () => 1;')),
  // Of no task: what is right in all else must not be written either.
  expected_version: plain(99),
  attempt: plain(99),
  session_epoch: plain('1'),
  percent: plain(5),
  replay_only: plain(false),
  min_version: plain(0),
  page_size: plain(1),
  issued_after: plain('0'),
  issued_before: plain('0'),
  oldest_first: plain(false),
  after_version: plain(0),
  today_since: plain('0'),
  partition: plain(0),
  after_position: plain('0'),
  up_to_position: plain('0'),
  name: plain('isolation'),
  description: plain('x'),
  tags: plain('x'),
  scm_url: plain('https://example.org/x'),
  lang: plain('js'),
  type: plain('module'),
};

/** The slots of a request. Throws the name of a field that it does not know. */
export function slotsOf(rpc: Rpc): readonly FieldSlot[] {
  return walk(rpc, rpc.method.input, []).flatMap(({ path, known }) =>
    'plain' in known ? [] : [{ path, ...known }],
  );
}

/** A whole request; `valueOf` says what stands in each slot. */
export function requestOf(rpc: Rpc, valueOf: (slot: FieldSlot) => string): JsonObject {
  return messageOf(rpc, rpc.method.input, [], valueOf);
}

interface Step {
  readonly path: readonly string[];
  readonly known: Known;
}

function walk(rpc: Rpc, message: DescMessage, path: readonly string[]): Step[] {
  return filled(message).flatMap((field) => {
    const here = [...path, field.name];
    const inner = messageIn(field);
    return inner === undefined
      ? [{ path: here, known: knownOf(rpc, message, field) }]
      : walk(rpc, inner, here);
  });
}

function messageOf(
  rpc: Rpc,
  message: DescMessage,
  path: readonly string[],
  valueOf: (slot: FieldSlot) => string,
): JsonObject {
  return Object.fromEntries(
    filled(message).map((field) => {
      const here = [...path, field.name];
      const inner = messageIn(field);
      const value =
        inner === undefined
          ? scalarOf(knownOf(rpc, message, field), here, valueOf)
          : messageOf(rpc, inner, here, valueOf);
      return [field.name, field.fieldKind === 'list' ? [value] : value];
    }),
  );
}

function scalarOf(
  known: Known,
  path: readonly string[],
  valueOf: (slot: FieldSlot) => string,
): JsonValue {
  return 'plain' in known ? known.plain() : valueOf({ path, ...known });
}

/** Of a oneof its first member; enums stay at their zero, which means any. */
function filled(message: DescMessage): DescField[] {
  return message.fields.filter(
    (field) =>
      field.fieldKind !== 'enum' && (field.oneof === undefined || field.oneof.fields[0] === field),
  );
}

function messageIn(field: DescField): DescMessage | undefined {
  if (field.fieldKind === 'map') throw new Error(`${field.toString()}: a map`);
  return field.fieldKind === 'message' || field.fieldKind === 'list' ? field.message : undefined;
}

function knownOf({ name }: Rpc, message: DescMessage, field: DescField): Known {
  const known = fields[`${message.name}.${field.name}`] ?? fields[field.name];
  if (known !== undefined) return known;
  throw new Error(`${name}: the isolation matrix does not know ${message.name}.${field.name}`);
}
