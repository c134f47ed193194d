import type {
  Cancel,
  Create,
  Ending,
  Get,
  LambdaName,
  List,
  Operation,
  Result,
  TaskSeen,
  Watch,
} from '../history/operation.ts';
import { type Api, codeOf, endingOf, type Heard } from './api.ts';
import type { Answer } from './edges.ts';
import { lambdas } from './lambdas.ts';

/** One client's calls, each of which becomes an operation of the history. */
export type Calls = ReturnType<typeof callsOf>;

export type CallPorts = {
  readonly api: Api;
  readonly client: number;
  readonly lambdaIds: Readonly<Record<LambdaName, string>>;
  readonly record: (operation: Operation) => void;
  /** Of whoever waits for something: aborted when all harm is long over. */
  readonly patience: AbortSignal;
};

// Far above what harm may keep a finished task from whoever waits for it (see check/waits.ts).
const WAIT_SECONDS = 40;
const RESULT_LIMIT_MS = 60_000;

export function callsOf({ api, client, lambdaIds, record, patience }: CallPorts) {
  const known = new Map<string, TaskSeen>();

  /** An edge that starts again knows no longer what it has shown: the client brings it along. */
  function sees(seen: TaskSeen): TaskSeen {
    if (seen.version > (known.get(seen.id)?.version ?? 0)) known.set(seen.id, seen);
    return seen;
  }

  async function timed<O extends Operation>(
    kind: O['kind'],
    asked: O['asked'],
    call: () => Promise<O['ending']>,
  ): Promise<O['ending']> {
    const startedAt = now();
    const ending = await call();
    record({ kind, client, startedAt, endedAt: now(), asked, ending } as O);
    return ending;
  }

  return {
    create: (asked: Create['asked']) =>
      timed<Create>('create', asked, async () => {
        const body = {
          lambdaId: lambdaIds[asked.lambda],
          timeout: lambdas[asked.lambda].timeout,
          inlinePayload: asked.ask,
        };
        const headers = header('idempotency-key', asked.key);
        return mapped(await api.call('POST', '/v1/task', { body, headers }), (answer) => ({
          id: parsed<{ id: string }>(answer).id,
          replayed: answer.headers['idempotent-replayed'] === 'true',
        }));
      }),
    get: (id: string) =>
      timed<Get>('get', { id }, async () => {
        const seen = known.get(id);
        const headers = header('if-none-match', seen && `"${seen.version}"`);
        const ending = await api.call('GET', `/v1/task/${id}`, { headers });
        return mapped(ending, (answer) =>
          answer.status === 304 && seen !== undefined ? seen : sees(parsed<TaskSeen>(answer)),
        );
      }),
    list: () =>
      timed<List>('list', {}, async () =>
        mapped(await api.call('GET', '/v1/task/list?limit=50'), (answer) =>
          parsed<{ id: string }[]>(answer).map((task) => task.id),
        ),
      ),
    cancel: (id: string) =>
      timed<Cancel>('cancel', { id }, async () =>
        mapped(await api.call('DELETE', `/v1/task/${id}`), (answer) =>
          sees({ id, outcome: 'cancelled', version: versionOf(answer) }),
        ),
      ),
    result: (id: string) =>
      timed<Result>('result', { id }, async () => {
        const limit = AbortSignal.any([patience, AbortSignal.timeout(RESULT_LIMIT_MS)]);
        const path = `/v1/task/${id}/result?wait=${WAIT_SECONDS}`;
        const heard = await api.ask('GET', path, { patience: limit });
        return mapped(resultOf(heard), (end) => sees({ id, ...end }));
      }),
    watch: (id: string, after = 0) =>
      timed<Watch>('watch', { id, after }, async () => {
        const headers = header('last-event-id', after === 0 ? undefined : String(after));
        const heard = await api.listen(`/v1/task/${id}/watch`, { headers, patience });
        if (heard.kind === 'silence') return { kind: 'unknown', why: heard.why };
        return mapped(endingOf(heard.answer), ({ text, came }) => {
          const events = watched(text);
          const version = events.at(-1)?.version ?? 0;
          sees({ id, outcome: '', version });
          return { events, came };
        });
      }),
  };
}

const endOfCode: Readonly<Record<string, string>> = {
  TASK_FAILED: 'failed',
  TASK_TIMED_OUT: 'timed_out',
  TASK_LOST: 'lost',
  TASK_EXPIRED: 'expired',
  TASK_CANCELLED: 'cancelled',
};

function resultOf(heard: Heard): Result['ending'] {
  if (heard.kind === 'silence') return { kind: 'unknown', why: heard.why };
  const { status, text, headers } = heard.answer;
  const code = codeOf(text);
  const outcome = status === 200 ? String(headers['gc-task-outcome']) : endOfCode[code];
  if (outcome !== undefined)
    return { kind: 'answered', answer: { outcome, version: versionOf(heard.answer) } };
  if (status < 500) return { kind: 'refused', status, code };
  return { kind: 'unknown', why: `${status} ${code}` };
}

/** Of an `ETag`; 0 where there is none. */
function versionOf({ headers }: Answer): number {
  return Number(/"(\d+)"/.exec(String(headers['etag']))?.[1] ?? 0);
}

/** The whole events of a stream (HTML Living Standard, section 9.2), also of one that was cut. */
function watched(text: string): { version: number; type: string }[] {
  const whole = text.split('\n\n').slice(0, -1);
  return whole.flatMap((block) => {
    const [type, version] = [/^event: ?(.+)$/m, /^id: ?(\d+)$/m].map(
      (field) => field.exec(block)?.[1],
    );
    return type === undefined || version === undefined ? [] : [{ type, version: Number(version) }];
  });
}

function header(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

function mapped<A, T>(ending: Ending<A>, map: (answer: A) => T): Ending<T> {
  return ending.kind === 'answered' ? { kind: 'answered', answer: map(ending.answer) } : ending;
}

function parsed<T>({ text }: Answer): T {
  return JSON.parse(text) as T;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
