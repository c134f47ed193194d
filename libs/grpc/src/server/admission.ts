import { DomainError } from '@greencloud/domain';
import type { Logger } from '@greencloud/runtime';
import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { Callers } from '../service/callers.ts';
import type { GrpcService } from '../service/service.ts';
import { type AuthenticatedCall, callerRole } from '../tls/caller-role.ts';
import type { Door } from '../tls/tls.ts';

type Call = AuthenticatedCall & Pick<ServerUnaryCall<unknown, unknown>, 'getPeer'>;

/** Throws FORBIDDEN unless the caller may call this method. */
export type Admit = (call: Call) => void;

type Method = GrpcService['methods'][number];
export type AdmissionTo = (method: Method) => Admit;

const everybody: Admit = () => {};

/** Without TLS nobody can be told from another, and loopback is the only wall. */
export const plaintextAdmission: AdmissionTo = () => everybody;

/** Throws for a method that names no callers fit for the door: nothing is open by being forgotten. */
export function admissionAt(door: Door, logger: Logger): AdmissionTo {
  return ({ method, callers }) => {
    if (callers === undefined) throw new Error(`${method.path} does not say who may call it`);
    if ((callers === 'node token') !== (door === 'nodes')) {
      throw new Error(`${method.path} does not belong at the door for ${door}`);
    }
    return callers === 'node token' ? everybody : admitRoles(callers, method.path, logger);
  };
}

function admitRoles(callers: Exclude<Callers, string>, path: string, logger: Logger): Admit {
  return (call) => {
    const role = callerRole(call);
    if (role !== undefined && callers.includes(role)) return;
    logger.warn({ role, method: path, peer: call.getPeer() }, 'a caller was refused');
    const caller = role ?? 'a certificate without a role';
    throw new DomainError('FORBIDDEN', `${caller} may not call ${path}`);
  };
}
