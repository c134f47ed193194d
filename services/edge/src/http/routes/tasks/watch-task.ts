import { DomainError } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { endOf } from '../../../tasks/task-view.ts';
import { eventStream, noContent } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { type StreamedEvent, writeEventStream } from '../../streams/event-stream.ts';
import { taskPath } from '../ids.ts';
import { eventJson } from './task-json.ts';

const commentMs = 15_000;

export const watchTask = defineRoute({
  operation: 'watchTask',
  summary: "A task's events as they happen (server-sent events)",
  method: 'get',
  path: '/v1/task/{taskId}/watch',
  scope: 'task:read',
  produces: 'events',
  problems: ['INVALID_ID', 'INVALID_PARAMETER', 'TASK_NOT_FOUND'],
  params: taskPath,
  async handle({ tenantId, params: { taskId }, exchange }, { taskQueries, streams }) {
    const key = { tenantId, taskId };
    const after = lastEventIdOf(exchange.header('last-event-id'));
    const task = await taskQueries.get(key);
    // 204 tells an EventSource that came back after the end to stop coming back.
    if (endOf(task) !== undefined && after >= task.version) return noContent();
    return eventStream((response) =>
      streams.hold(exchange.gone, (signal) => {
        const events = streamedEvents(taskQueries.watch(key, after, signal));
        return writeEventStream(response, events, { signal, commentMs });
      }),
    );
  },
});

async function* streamedEvents(
  events: AsyncIterable<RecordedEvent>,
): AsyncGenerator<StreamedEvent> {
  for await (const event of events) {
    const data = eventJson(event);
    yield { event: data.type, id: String(data.version), data };
  }
}

function lastEventIdOf(header: string | undefined): number {
  if (header === undefined || header === '') return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const detail = 'must be the id of an event of this stream';
  throw new DomainError('INVALID_PARAMETER', `Last-Event-ID ${detail}`, [
    { pointer: '/Last-Event-ID', detail },
  ]);
}
