import type { Client } from './create-client.ts';
import { dataOf, ProblemError } from './problem-error.ts';

export interface TaskResult {
  /** As the lambda answered: any of 200..599. */
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface ResultOptions {
  /** 1..60; default: no wait. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * What the lambda answered; undefined while the task is not finished. Throws `ProblemError` for a
 * task that did not succeed.
 */
export async function taskResult(
  client: Client,
  taskId: string,
  { waitSeconds, signal }: ResultOptions = {},
): Promise<TaskResult | undefined> {
  let answered: Response | undefined;
  const answer = await client.GET('/v1/task/{taskId}/result', {
    params: {
      path: { taskId },
      ...(waitSeconds === undefined ? {} : { query: { wait: waitSeconds } }),
    },
    parseAs: 'arrayBuffer',
    ...(signal === undefined ? {} : { signal }),
    middleware: [
      {
        onResponse({ response }) {
          if (response.headers.get('gc-task-outcome') !== 'succeeded') return undefined;
          answered = response;
          // The lambda's own 404 is no problem of the service: it must not be read as one.
          return new Response(response.body, { status: 200 });
        },
      },
    ],
  });
  if (answered === undefined) return unfinished(answer);
  return {
    status: answered.status,
    contentType: answered.headers.get('content-type') ?? '',
    bytes: new Uint8Array(dataOf(answer)),
  };
}

function unfinished(answer: Parameters<typeof dataOf>[0]): undefined {
  try {
    dataOf(answer);
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'RESULT_NOT_READY') return;
    throw error;
  }
  throw new Error('The answer has no outcome');
}
