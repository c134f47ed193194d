/** The body of `POST /v1/task`, the same for every system. */
export type TaskBody = {
  readonly lambdaId: string;
  readonly timeout: number;
  readonly inlinePayload: string;
};

/** When a task finished, in milliseconds since 1970. */
export type Finish = { kind: 'finished'; at: number } | { kind: 'open' };

/** What a peer's front door needs of it. */
export type Front = {
  submit(task: TaskBody): Promise<string>;
  finishOf(id: string): Promise<Finish>;
};

/** A system that a user would pick instead of ours. */
export type Peer = {
  /** Connects the process that serves REST. Makes the schema where there is one. */
  openFront(serverUrl: string): Promise<Front>;
  /** Connects the process that runs the no-op job, and resolves when it takes work. */
  openWorker(serverUrl: string): Promise<void>;
};

export function finishedAt(time: number | Date | null | undefined): Finish {
  if (time === null || time === undefined) return { kind: 'open' };
  return { kind: 'finished', at: Number(time) };
}
