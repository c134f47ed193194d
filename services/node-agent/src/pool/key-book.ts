/** What there is for one tenant's version of a lambda. */
export interface KeyState {
  /** All of them, from before their start to after their end. */
  sandboxes: number;
  /** Those that are not ready yet: one for each of the first that wait. */
  starting: number;
  /** When the last of them became ready. */
  readyAt: number;
}

/** States by key; a key without sandboxes takes no memory. */
export class KeyBook {
  readonly #states = new Map<string, KeyState>();

  find(key: string): KeyState | undefined {
    return this.#states.get(key);
  }

  added(key: string): void {
    const state = this.#states.get(key) ?? { sandboxes: 0, starting: 0, readyAt: 0 };
    state.sandboxes += 1;
    state.starting += 1;
    this.#states.set(key, state);
  }

  /** Ready, or failed to become it. */
  started(key: string): void {
    const state = this.#states.get(key);
    if (state === undefined) return;
    state.starting -= 1;
    state.readyAt = performance.now();
    this.#forgetEmpty(key, state);
  }

  removed(key: string): void {
    const state = this.#states.get(key);
    if (state === undefined) return;
    state.sandboxes -= 1;
    this.#forgetEmpty(key, state);
  }

  #forgetEmpty(key: string, { sandboxes, starting }: KeyState): void {
    if (sandboxes === 0 && starting === 0) this.#states.delete(key);
  }
}
