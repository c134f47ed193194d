/** How a call ended. What was not answered is unknown: it may have happened, or may still happen. */
export type Ending<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The contract's 4xx: nothing was done. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: string };

export type TaskSeen = {
  readonly id: string;
  readonly outcome: string;
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
/** The version of the end. */
export type Cancel = Call<'cancel', { readonly id: string }, { readonly version: number }>;
/** How the task ended, and as which version. */
export type Result = Call<
  'result',
  { readonly id: string },
  { readonly outcome: string; readonly version: number }
>;
/** One stream, which begins after a version (0: from the issue on). */
export type Watch = Call<
  'watch',
  { readonly id: string; readonly after: number },
  {
    readonly events: readonly { readonly version: number; readonly type: string }[];
    readonly came: Came;
  }
>;

/** `cut`: the client has waited in vain until all harm was long over. */
export type Came = 'whole' | 'broken' | 'cut';

export type Operation = Create | Get | List | Cancel | Result | Watch;

export type LambdaName =
  | 'quick'
  | 'slow'
  | 'failing'
  | 'endless'
  | 'large'
  | 'cores'
  | 'near'
  | 'privileged';
