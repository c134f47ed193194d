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
import { type Api, codeOf } from './api.ts';
import type { Answer } from './edges.ts';
import { lambdas } from './lambdas.ts';

/** One client's calls, each of which becomes an operation of the history. */
export type Calls = ReturnType<typeof callsOf>;

export type CallPorts = {
  readonly api: Api;
  readonly client: number;
  readonly lambdaIds: Readonly<Record<LambdaName, string>>;
  readonly record: (operation: Operation) => void;
};

export function callsOf({ api, client, lambdaIds, record }: CallPorts) {
  // An edge that starts again knows no longer what it has shown: who sends the ETag along is never
  // answered older than that, whichever edge it was.
  const shown = new Map<string, { readonly etag: string; readonly seen: TaskSeen }>();

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
        const known = shown.get(id);
        const headers = header('if-none-match', known?.etag);
        const ending = await api.call('GET', `/v1/task/${id}`, { headers });
        return mapped(ending, (answer) => {
          if (answer.status === 304 && known !== undefined) return known.seen;
          const seen = parsed<TaskSeen>(answer);
          shown.set(id, { seen, etag: String(answer.headers['etag']) });
          return seen;
        });
      }),
    list: () =>
      timed<List>('list', {}, async () =>
        mapped(await api.call('GET', '/v1/task/list?limit=50'), (answer) =>
          parsed<{ id: string }[]>(answer).map((task) => task.id),
        ),
      ),
    cancel: (id: string) =>
      timed<Cancel>('cancel', { id }, async () =>
        mapped(await api.call('DELETE', `/v1/task/${id}`), () => 'cancelled' as const),
      ),
    result: (id: string) =>
      timed<Result>('result', { id }, async () =>
        resultOf(await api.ask('GET', `/v1/task/${id}/result?wait=8`)),
      ),
    watch: (id: string) =>
      timed<Watch>('watch', { id }, async () =>
        mapped(await api.call('GET', `/v1/task/${id}/watch`), ({ text }) => watched(text)),
      ),
  };
}

const endOfCode: Readonly<Record<string, string>> = {
  TASK_FAILED: 'failed',
  TASK_TIMED_OUT: 'timed_out',
  TASK_LOST: 'lost',
  TASK_EXPIRED: 'expired',
  TASK_CANCELLED: 'cancelled',
};

function resultOf(heard: Awaited<ReturnType<Api['ask']>>): Result['ending'] {
  if (heard.kind === 'silence') return { kind: 'unknown', why: heard.why };
  const { status, text, headers } = heard.answer;
  if (status === 200) {
    const outcome = String(headers['gc-task-outcome']);
    return { kind: 'answered', answer: { outcome, body: text } };
  }
  const code = codeOf(text);
  const outcome = endOfCode[code];
  if (outcome !== undefined) return { kind: 'answered', answer: { outcome, body: '' } };
  if (status < 500) return { kind: 'refused', status, code };
  return { kind: 'unknown', why: `${status} ${code}` };
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

function mapped<T>(ending: Ending<Answer>, map: (answer: Answer) => T): Ending<T> {
  return ending.kind === 'answered' ? { kind: 'answered', answer: map(ending.answer) } : ending;
}

function parsed<T>({ text }: Answer): T {
  return JSON.parse(text) as T;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
