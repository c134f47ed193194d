import type { SessionStore } from '../session/session-store.ts';
import { beginSession } from './begin-session.ts';
import type { Db } from './database.ts';
import { endSession } from './end-session.ts';
import { findLogin } from './find-login.ts';
import { touchSessions } from './touch-sessions.ts';

/** The sessions of all replicas in Postgres. */
export function createSessionStore(db: Db, replica: string): SessionStore {
  return {
    login: (nodeId) => findLogin(db, nodeId),
    begin: (hello, tokenHash) => beginSession(db, replica, hello, tokenHash),
    end: (session) => endSession(db, session),
    touch: (sessions) => touchSessions(db, sessions),
  };
}
