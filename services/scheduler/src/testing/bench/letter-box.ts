import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { AssignAnswer, ReportAnswer, TaskCommands } from '../../record/task-commands.ts';
import type { ToOthers, ToScheduler } from './letters.ts';

type Heard<Kind> = Extract<ToScheduler, { kind: Kind }>;

export interface LetterListener {
  readonly onEvents: (letter: Heard<'events'>) => void;
  readonly onStreams: (letter: Heard<'streams'>) => void;
  readonly onNode: (letter: Heard<'from-node'>) => void;
}

/** The scheduler's end of its talk with the log and the nodes. */
export class LetterBox implements TaskCommands {
  readonly #port: MessagePort;
  readonly #listener: LetterListener;
  readonly #calls = new Map<number, (answers: never) => void>();
  #lastCall = 0;
  #state: 'open' | 'closed' = 'open';
  placed = 0;
  finished = 0;

  constructor(port: MessagePort, listener: LetterListener) {
    this.#port = port;
    this.#listener = listener;
    this.#read();
  }

  send(letter: ToOthers): void {
    const port = this.#port;
    port.postMessage(letter);
  }

  async assign(commands: Parameters<TaskCommands['assign']>[0]): Promise<readonly AssignAnswer[]> {
    const answers = await this.#call<readonly AssignAnswer[]>((call) =>
      this.send({ kind: 'assign', call, commands }),
    );
    this.placed += answers.length;
    return answers;
  }

  async report(commands: Parameters<TaskCommands['report']>[0]): Promise<readonly ReportAnswer[]> {
    const answers = await this.#call<readonly ReportAnswer[]>((call) =>
      this.send({ kind: 'report', call, commands }),
    );
    for (const { entry } of commands) if (entry.kind === 'finish') this.finished += 1;
    return answers;
  }

  close(): void {
    this.#state = 'closed';
    this.#port.close();
  }

  #call<A>(send: (call: number) => void): Promise<A> {
    this.#lastCall += 1;
    const call = this.#lastCall;
    return new Promise<A>((resolve) => {
      this.#calls.set(call, resolve);
      send(call);
    });
  }

  // By hand: the 'message' event hands out up to a thousand letters in one turn.
  #read(): void {
    if (this.#state === 'closed') return;
    const received: { message: ToScheduler } | undefined = receiveMessageOnPort(this.#port);
    if (received === undefined) return void setTimeout(() => this.#read(), 1);
    this.#hear(received.message);
    setImmediate(() => this.#read());
  }

  #hear(letter: ToScheduler): void {
    switch (letter.kind) {
      case 'assigned':
      case 'reported':
        this.#calls.get(letter.call)?.(letter.answers as never);
        this.#calls.delete(letter.call);
        return;
      case 'events':
        return this.#listener.onEvents(letter);
      case 'streams':
        return this.#listener.onStreams(letter);
      case 'from-node':
        return this.#listener.onNode(letter);
      default:
        return letter satisfies never;
    }
  }
}
