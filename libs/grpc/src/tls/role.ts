/** What a process is, by its certificate. `operator`: a person with grpcurl. */
export const roles = [
  'edge',
  'task-command',
  'projection',
  'scheduler',
  'lambda-catalog',
  'node',
  'operator',
] as const;

export type Role = (typeof roles)[number];

const prefix = 'URI:spiffe://greencloud/';

/**
 * The role in a certificate's subject alternative names, as Node writes them: its one and only URI
 * is `spiffe://greencloud/<role>` (SPIFFE X.509-SVID, section 2).
 */
export function roleOf(subjectAltName: string | undefined): Role | undefined {
  // Node quotes a name that holds a comma: such a name could pretend to be two.
  if (subjectAltName === undefined || subjectAltName.includes('"')) return undefined;
  const uris = subjectAltName.split(', ').filter((name) => name.startsWith('URI:'));
  const [uri] = uris;
  if (uri === undefined || uris.length !== 1 || !uri.startsWith(prefix)) return undefined;
  return roles.find((role) => role === uri.slice(prefix.length));
}
