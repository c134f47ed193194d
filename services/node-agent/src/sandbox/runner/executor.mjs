import { answerOf } from './answer.mjs';
import { detailOf } from './detail.mjs';
import { encodeAnswer, encodeTrouble } from './from-sandbox.mjs';
import { Task } from './task.mjs';

/** @import { Channel } from './channel.mjs' */
/** @import { Handler } from './load-lambda.mjs' */
/** @import { Execute } from './to-sandbox.mjs' */

/** Runs one task after the other; the agent sends the next only after the last one's answer. */
export class Executor {
  /** @type {Handler} */ #handler;
  /** @type {Channel} */ #channel;
  /** @type {Task | undefined} */ #task;

  /**
   * @param {Handler} handler
   * @param {Channel} channel
   */
  constructor(handler, channel) {
    this.#handler = handler;
    this.#channel = channel;
  }

  /** What runs now, 0 for nothing. */
  get current() {
    return this.#task?.number ?? 0;
  }

  /** @param {Execute} message */
  async execute(message) {
    const task = new Task(message, this.#channel);
    this.#task = task;
    const frame = await this.#outcomeOf(task);
    task.close();
    this.#task = undefined;
    this.#channel.send(frame);
  }

  /** @param {{ number: number, reason: 'cancel' | 'deadline' }} message */
  abort({ number, reason }) {
    if (number === this.current) this.#task?.abort(reason);
  }

  /** @param {Task} task */
  async #outcomeOf(task) {
    try {
      const value = await this.#handler(task.request(), task.context());
      return encodeAnswer(task.number, await answerOf(value));
    } catch (error) {
      return encodeTrouble('failure', task.number, detailOf(error));
    }
  }
}
