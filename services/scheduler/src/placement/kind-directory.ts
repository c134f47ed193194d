import type { TenantId } from '@greencloud/domain';
import { kindOf, type NodeKind } from './node-kind.ts';
import type { NodeOffer } from './node-offer.ts';

export interface KindListener {
  kindAdded(kind: NodeKind): void;
  kindRemoved(kind: NodeKind): void;
}

interface Entry {
  readonly kind: NodeKind;
  nodes: number;
}

/**
 * One object for each kind of node there is. Looked up by tenant, because a home node that trusts
 * only its owner is a kind of its own: with 5,000 of them no task of another may look at each.
 */
export class KindDirectory {
  readonly #entries = new Map<string, Entry>();
  readonly #open = new Set<NodeKind>();
  readonly #byTenant = new Map<TenantId, Set<NodeKind>>();
  readonly #listeners: KindListener[] = [];

  listen(listener: KindListener): void {
    this.#listeners.push(listener);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Counts one more node of its kind. */
  join(offer: NodeOffer): NodeKind {
    const wanted = kindOf(offer);
    const entry = this.#entries.get(wanted.key) ?? this.#add(wanted);
    entry.nodes += 1;
    return entry.kind;
  }

  leave(kind: NodeKind): void {
    const entry = this.#entries.get(kind.key);
    if (entry === undefined) return;
    entry.nodes -= 1;
    if (entry.nodes === 0) this.#remove(kind);
  }

  *openTo(tenantId: TenantId): Generator<NodeKind> {
    yield* this.#open;
    yield* this.#byTenant.get(tenantId) ?? [];
  }

  #add(kind: NodeKind): Entry {
    const entry = { kind, nodes: 0 };
    this.#entries.set(kind.key, entry);
    if (kind.trusts === 'anyone') this.#open.add(kind);
    else for (const tenantId of kind.trusts) this.#ofTenant(tenantId).add(kind);
    for (const listener of this.#listeners) listener.kindAdded(kind);
    return entry;
  }

  #remove(kind: NodeKind): void {
    this.#entries.delete(kind.key);
    this.#open.delete(kind);
    if (kind.trusts !== 'anyone') for (const tenantId of kind.trusts) this.#forget(tenantId, kind);
    for (const listener of this.#listeners) listener.kindRemoved(kind);
  }

  #ofTenant(tenantId: TenantId): Set<NodeKind> {
    const found = this.#byTenant.get(tenantId) ?? new Set();
    this.#byTenant.set(tenantId, found);
    return found;
  }

  #forget(tenantId: TenantId, kind: NodeKind): void {
    const kinds = this.#ofTenant(tenantId);
    kinds.delete(kind);
    if (kinds.size === 0) this.#byTenant.delete(tenantId);
  }
}
