import { DomainError } from '@greencloud/domain';

/** Memory that request bodies hold while they arrive and are worked on, over all requests. */
export interface BodyMemory {
  open(): BodyShare;
  readonly held: number;
}

export interface BodyShare {
  /** Throws `OVERLOADED` when all bodies together would hold too much. */
  take(bytes: number): void;
  /** Gives everything back; called once. */
  release(): void;
}

// Small bodies always pass: whoever fills the memory with slow uploads must not stop the others.
// 10,000 connections of them hold 40 MB.
const freeBytes = 4 * 1024;

/** A client that sends 1.5 MB and then waits costs 1.5 MB; 1,000 of them must not cost 1.5 GB. */
export function createBodyMemory(maxBytes: number): BodyMemory {
  let held = 0;
  return {
    get held() {
      return held;
    },
    open() {
      let own = 0;
      return {
        take(bytes) {
          if (own + bytes > freeBytes && held + bytes > maxBytes) {
            throw new DomainError('OVERLOADED', 'too many bytes of bodies are held');
          }
          own += bytes;
          held += bytes;
        },
        release() {
          held -= own;
          own = 0;
        },
      };
    },
  };
}
