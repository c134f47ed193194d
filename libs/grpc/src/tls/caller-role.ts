import type { ServerUnaryCall } from '@grpc/grpc-js';
import { type Role, roleOf } from './role.ts';

export type AuthenticatedCall = Pick<ServerUnaryCall<unknown, unknown>, 'getAuthContext'>;

const known = new WeakMap<object, Role | undefined>();

/**
 * The role in the certificate of a call's connection. It is read once for each HTTP/2 session,
 * whose certificate cannot change (RFC 9113, 9.2.1: no renegotiation): reading it costs 30–70 µs,
 * a tenth of task-command's CPU when it was done for each call.
 */
export function callerRole(call: AuthenticatedCall): Role | undefined {
  const session = sessionOf(call);
  if (session === undefined) return readRole(call);
  if (!known.has(session)) known.set(session, readRole(call));
  return known.get(session);
}

function readRole(call: AuthenticatedCall): Role | undefined {
  return roleOf(call.getAuthContext().sslPeerCertificate?.subjectaltname);
}

// grpc-js keeps the session private. Where a later release keeps it elsewhere, nothing is found,
// and the certificate is read for each call as before.
function sessionOf(call: object): object | undefined {
  return property(property(property(call, 'call'), 'stream'), 'session');
}

function property(value: object | undefined, name: string): object | undefined {
  const found: unknown = value === undefined ? undefined : Reflect.get(value, name);
  return typeof found === 'object' && found !== null ? found : undefined;
}
