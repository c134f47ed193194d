import { DomainError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 24 lower-case hex characters. */
export type TaskId = Branded<'TaskId'>;
/** 24 lower-case hex characters. */
export type LambdaId = Branded<'LambdaId'>;
/** 24 lower-case hex characters: one immutable upload of a lambda's code. */
export type CodeVersion = Branded<'CodeVersion'>;
/** 1..64 characters of the verified token's `userId` (24 hex) or `sub`. */
export type TenantId = Branded<'TenantId'>;
/** A UUID in lower case. */
export type NodeId = Branded<'NodeId'>;

const hex24 = /^[0-9a-f]{24}$/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const tenant = /^[A-Za-z0-9._:@|-]{1,64}$/;

function canonical(what: string, text: string, pattern: RegExp, shape: string): string {
  if (!pattern.test(text)) throw new DomainError('INVALID_ID', `${what} must be ${shape}`);
  return text.toLowerCase();
}

const hexShape = '24 hexadecimal characters';

/** Throws `INVALID_ID`, like its siblings. */
export function parseTaskId(text: string): TaskId {
  return canonical('A task id', text, hex24, hexShape) as TaskId;
}

export function parseLambdaId(text: string): LambdaId {
  return canonical('A lambda id', text, hex24, hexShape) as LambdaId;
}

export function parseCodeVersion(text: string): CodeVersion {
  return canonical('A code version', text, hex24, hexShape) as CodeVersion;
}

export function parseNodeId(text: string): NodeId {
  return canonical('A node id', text, uuid, 'a UUID') as NodeId;
}

/** Case counts in a tenant: it is somebody else's identifier. Throws `NEEDS_LOGIN`. */
export function parseTenantId(text: string): TenantId {
  if (!tenant.test(text)) {
    throw new DomainError('NEEDS_LOGIN', 'The token names no usable tenant');
  }
  return text as TenantId;
}
