/** How a call ended. What was not answered is unknown: it may have happened, or may still happen. */
export type Ending<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The contract's 4xx: nothing was done. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: string };

export type TaskSeen = {
  readonly id: string;
  readonly state: string;
  readonly outcome: string;
  readonly attempt: number;
  readonly version: number;
};

type Call<Kind extends string, Asked, Answer> = {
  readonly kind: Kind;
  readonly client: number;
  /** Milliseconds of one clock: Unix, monotonic within a run. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly asked: Asked;
  readonly ending: Ending<Answer>;
};

/** `ask` is unique, and stands in the payload; only with a key is the same ask ever sent twice. */
export type Create = Call<
  'create',
  { readonly ask: string; readonly lambda: LambdaName; readonly key: string | undefined },
  { readonly id: string; readonly replayed: boolean }
>;
export type Get = Call<'get', { readonly id: string }, TaskSeen>;
export type List = Call<'list', Record<string, never>, readonly string[]>;
export type Cancel = Call<'cancel', { readonly id: string }, 'cancelled'>;
/** The lambda's own bytes, or what the task's end was instead. */
export type Result = Call<
  'result',
  { readonly id: string },
  { readonly outcome: string; readonly body: string }
>;
/** Event types by version, as far as the stream came. */
export type Watch = Call<
  'watch',
  { readonly id: string },
  readonly { readonly version: number; readonly type: string }[]
>;

export type Operation = Create | Get | List | Cancel | Result | Watch;

export type LambdaName = 'quick' | 'slow' | 'failing' | 'endless' | 'large';
