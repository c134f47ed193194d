import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type Role, roleOf } from './role.ts';

type ServerCheck = (name: string, certificate: PeerCertificate) => Error | undefined;

/**
 * A server must be who it is thought to be, at a place that its certificate names. The role alone
 * would let a stolen certificate serve anywhere; the place alone is the same for all services of
 * one machine. The name of the handshake is not looked at: it is not where we called.
 */
export function serverCheck(expected: Role, hosts: readonly string[]): ServerCheck {
  return (_name, certificate) => {
    const [first, ...others] = hosts.map((host) => checkServerIdentity(host, certificate));
    // Of several addresses nobody says which one this connection goes to.
    if (first !== undefined && others.every((problem) => problem !== undefined)) return first;
    const role = roleOf(certificate.subjectaltname);
    if (role === expected) return undefined;
    return new Error(`the server is ${role ?? 'nobody we know'}, not ${expected}`);
  };
}
