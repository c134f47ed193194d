import {
  type IssueTask,
  parseCodeVersion,
  parseLambdaId,
  parseTaskId,
  parseTenantId,
} from '@greencloud/domain';
import { capabilitiesFromProto } from '@greencloud/event-log';
import type {
  IssueTaskResult,
  IssueTask as ProtoIssueTask,
} from '@greencloud/proto/task/v1/task_command';
import type { AppendAnswer, AppendRequest, Idempotency } from '../append/append-request.ts';
import { contentInfo } from './content-info.ts';
import { commandId, content, integer, invalid, required } from './fields.ts';
import { type ItemAnswer, unexpected } from './item-answer.ts';

const maxPayloadBytes = 256 * 1024;
// The lower bound of the REST contract (10) is the edge's to keep.
const timeoutSeconds = { min: 1, max: 120 };
const visibleAscii = /^[\x21-\x7e]{1,255}$/;
const sha256Bytes = 32;

/** Throws a DomainError for the first field that is wrong. */
export function issueRequest(item: ProtoIssueTask, deadline: number): AppendRequest {
  const payload = content('payload', item.payload, maxPayloadBytes);
  const command: IssueTask = {
    type: 'IssueTask',
    tenantId: parseTenantId(item.tenantId),
    lambdaId: parseLambdaId(item.lambdaId),
    codeVersion: parseCodeVersion(item.codeVersion),
    timeoutSeconds: integer(
      'timeout_seconds',
      item.timeoutSeconds,
      timeoutSeconds.min,
      timeoutSeconds.max,
    ),
    capabilities: capabilitiesFromProto(required('capabilities', item.capabilities)),
    payload: contentInfo(payload),
  };
  return {
    taskId: parseTaskId(item.taskId),
    commandId: commandId(item.commandId),
    command,
    content: payload,
    idempotency: idempotencyOf(item),
    deadline,
  };
}

/** Throws VALIDATION_FAILED. */
export function idempotencyOf({
  idempotencyKey: key,
  requestHash,
}: ProtoIssueTask): Idempotency | undefined {
  if (key === '') return undefined;
  if (!visibleAscii.test(key)) throw invalid('idempotency_key must be 1..255 visible ASCII');
  if (requestHash.byteLength !== sha256Bytes) throw invalid('request_hash must be a SHA-256');
  return { key, requestHash };
}

export function issueResult(answer: ItemAnswer<AppendAnswer>): IssueTaskResult {
  if (answer.kind === 'error') return { result: { $case: 'error', value: answer.error } };
  const { value } = answer;
  if (value.kind === 'unchanged') return { result: { $case: 'error', value: unexpected } };
  const { taskId, version, kind } = value;
  const issued = { taskId, version, replayed: kind === 'replayed' };
  return { result: { $case: 'issued', value: issued } };
}
