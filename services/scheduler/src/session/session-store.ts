import type { NodeId, TenantId } from '@greencloud/domain';
import type { Hello } from '../fleet/messages.ts';

/** What the owner has said: `draining` gets nothing new, `disabled` may not connect. */
export type Standing = 'enabled' | 'draining' | 'disabled';

export interface NodeLogin {
  readonly owner: TenantId;
  /** SHA-256 of the node's token. */
  readonly tokenHash: Uint8Array;
  readonly standing: Standing;
}

export interface SessionKey {
  readonly nodeId: NodeId;
  readonly epoch: bigint;
}

/**
 * connected   its stream is open
 * silent      its stream broke; it may come back
 * away        it has ended, or its owner has ended it
 */
export type SessionLink = 'connected' | 'silent' | 'away';

export interface SessionSeen extends SessionKey {
  readonly link: 'connected' | 'silent';
  /** Ms since the last sign of life. */
  readonly silentMs: number;
}

export interface SessionState extends SessionKey {
  readonly standing: Standing;
}

export interface BegunSession extends SessionState {
  /** Epoch of the session that this one takes over from; `none` when that had ended, or never was. */
  readonly previous: bigint | 'none';
}

/** A node's last session, whoever has it. */
export interface LastSession extends SessionState {
  readonly link: SessionLink;
}

/** The sessions of all replicas: which one is each node's last, and when it was last heard. */
export interface SessionStore {
  login(nodeId: NodeId): Promise<NodeLogin | undefined>;
  /** The new session's epoch, higher than any before; undefined when the login holds no longer. */
  begin(hello: Hello, tokenHash: Uint8Array): Promise<BegunSession | undefined>;
  /** `superseded`: a later session has not ended, here or at another replica. */
  end(session: SessionKey): Promise<'ended' | 'superseded'>;
  /**
   * Notes how each is and when it was last heard, in one statement, and answers the last session
   * of each node. What has ended stays so.
   */
  touch(sessions: readonly SessionSeen[]): Promise<readonly LastSession[]>;
}
