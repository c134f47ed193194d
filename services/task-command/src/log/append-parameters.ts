import { binaryArray, type ElementType, elementTypes } from '@greencloud/postgres';
import type { Draft } from './draft.ts';

interface Parameter {
  readonly type: string;
  readonly of: (drafts: readonly Draft[]) => Buffer;
}

const { bytea, integer, smallint, text, uuid } = elementTypes;

function parameter<T>(type: ElementType<T>, of: (draft: Draft) => T | null): Parameter {
  return { type: `${type.name}[]`, of: (drafts) => binaryArray(type, drafts.map(of)) };
}

const parameters: readonly Parameter[] = [
  parameter(integer, (draft) => draft.partition),
  parameter(text, (draft) => draft.taskId),
  parameter(uuid, (draft) => draft.commandId),
  parameter(uuid, (draft) => draft.eventId),
  parameter(integer, (draft) => draft.expectedVersion),
  parameter(text, (draft) => draft.type),
  parameter(smallint, (draft) => draft.schemaVersion),
  parameter(text, (draft) => draft.tenantId),
  parameter(bytea, (draft) => draft.data),
  parameter(text, (draft) => draft.idempotency?.key ?? null),
  parameter(bytea, (draft) => draft.idempotency?.requestHash ?? null),
  parameter(text, (draft) => draft.content?.contentType ?? null),
  parameter(bytea, (draft) => draft.content?.body ?? null),
];

export const appendParameterTypes = parameters.map(({ type }) => type);

/** One array for each parameter of `append_batch`, in its order. */
export function appendParameters(drafts: readonly Draft[]): Buffer[] {
  return parameters.map(({ of }) => of(drafts));
}
