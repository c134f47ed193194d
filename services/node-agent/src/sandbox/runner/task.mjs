import { encodeProgress } from './from-sandbox.mjs';
import { ProgressThrottle } from './progress.mjs';

/** @import { Channel } from './channel.mjs' */
/** @import { Execute } from './to-sandbox.mjs' */

/** The same for every task: a lambda is not reached by URL. */
const REQUEST_URL = 'http://lambda/';
// Captured before user code can replace them. Reading Request also makes Node load it (17 ms) while
// the sandbox starts and not in the first task.
const { Request, AbortController, DOMException } = globalThis;
const log = console.log.bind(console);

/** One execution as the lambda sees it: its request and its context. */
export class Task {
  /** @type {Execute} */ #execute;
  /** @type {ProgressThrottle} */ #progress;
  // Made when first asked for: most lambdas never look, and one costs more than an empty task.
  /** @type {AbortController | undefined} */ #controller;
  /** @type {DOMException | undefined} */ #aborted;

  /**
   * @param {Execute} execute
   * @param {Channel} channel
   */
  constructor(execute, channel) {
    this.#execute = execute;
    this.#progress = new ProgressThrottle((percent) =>
      channel.send(encodeProgress(execute.number, percent)),
    );
  }

  get number() {
    return this.#execute.number;
  }

  request() {
    const { contentType, body } = this.#execute;
    if (contentType === '') return new Request(REQUEST_URL, { method: 'POST' });
    const headers = { 'content-type': contentType };
    return new Request(REQUEST_URL, { method: 'POST', headers, body });
  }

  /** @returns {object} */
  context() {
    const { taskId, attempt, deadline } = this.#execute;
    const signal = () => this.#signal();
    return {
      taskId,
      attempt,
      deadline,
      get signal() {
        return signal();
      },
      progress: (/** @type {unknown} */ percent) => this.#progress.report(percent),
      log,
    };
  }

  /** @param {'cancel' | 'deadline'} reason */
  abort(reason) {
    this.#aborted =
      reason === 'cancel'
        ? new DOMException('The task was cancelled', 'AbortError')
        : new DOMException('The task is past its deadline', 'TimeoutError');
    this.#controller?.abort(this.#aborted);
  }

  /** Nothing of this task is sent any more: the agent takes a late message for a forged one. */
  close() {
    this.#progress.close();
  }

  #signal() {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }
}
