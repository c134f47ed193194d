import type { Role } from '../tls/role.ts';

/** Who may call a method: these roles, or whoever sends a node's token, which its handler checks. */
export type Callers = readonly Role[] | 'node token';

/** Stands beside the handlers of a service. A method that is left out does not compile. */
export type CallersOf<D> = { readonly [Name in keyof D]: Callers };
