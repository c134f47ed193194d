export type ServiceState = 'starting' | 'ready' | 'draining';
/** Why a service cannot work now, in a few words for an operator. */
export type Problem = string;

export interface NamedProblem {
  readonly name: string;
  readonly problem: Problem;
}

export interface Health {
  /** `check` is called on every probe: it reads state that is already there and never waits. */
  addCheck: (name: string, check: () => Problem | undefined) => void;
  readonly state: ServiceState;
  set: (state: ServiceState) => void;
  problems: () => NamedProblem[];
  /** Ready to take work: the state is ready and no check has a problem. */
  readonly serving: 'yes' | 'no';
  /** Called after every change of state. */
  onChange: (listener: (state: ServiceState) => void) => void;
}

export function createHealth(): Health {
  const checks = new Map<string, () => Problem | undefined>();
  const listeners: ((state: ServiceState) => void)[] = [];
  let state: ServiceState = 'starting';
  const problems = () => [...checks].flatMap(([name, check]) => problemOf(name, check));
  return {
    addCheck: (name, check) => void checks.set(name, check),
    get state() {
      return state;
    },
    set(next) {
      state = next;
      for (const listener of listeners) listener(next);
    },
    problems,
    get serving() {
      return state === 'ready' && problems().length === 0 ? 'yes' : 'no';
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

function problemOf(name: string, check: () => Problem | undefined): NamedProblem[] {
  const problem = check();
  return problem === undefined ? [] : [{ name, problem }];
}
