import type { RecordedEvent } from '@greencloud/event-log';
import { z } from 'zod';
import { endOf } from '../../../tasks/task-view.ts';
import { eventStream, noContent } from '../../routing/answer.ts';
import { nothing } from '../../routing/answer-spec.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { type StreamedEvent, writeEventStream } from '../../streams/event-stream.ts';
import { taskPath } from '../ids.ts';
import { zTaskEvent } from './task-event-schemas.ts';
import { watchExamples } from './task-examples.ts';
import { eventJson } from './task-json.ts';

const commentMs = 15_000;

const zLastEventId = z
  .string()
  .regex(/^\d{0,9}$/, 'must be the id of an event of this stream')
  .optional()
  .meta({
    description: 'The id of the last event seen: the stream goes on behind it.',
    examples: ['2'],
  });

const description = `Server-sent events, as a browser's \`EventSource\` reads them: first what has happened already, then live. \`event\` is the event's type, \`id\` its version, \`data\` the event as in the history. A comment comes each 15 s, and the stream ends after \`TaskFinished\`.

A connection that breaks is taken up again with \`Last-Event-ID\`; after the end that answers \`204\`, which tells an \`EventSource\` to stay away.`;

export const watchTask = defineRoute({
  operation: 'watchTask',
  tag: 'Tasks',
  summary: "A task's events as they happen (server-sent events)",
  description,
  method: 'get',
  path: '/v1/task/{taskId}/watch',
  scope: 'task:read',
  answers: [
    {
      as: 'ok',
      description: 'The stream.',
      content: { kind: 'events', schema: zTaskEvent, examples: watchExamples },
    },
    { as: 'no content', description: 'There is nothing more to come.', content: nothing },
  ],
  problems: ['TASK_NOT_FOUND'],
  params: taskPath,
  headers: z.object({ 'Last-Event-ID': zLastEventId }),
  async handle({ tenantId, params: { taskId }, headers, exchange }, { taskQueries, streams }) {
    const key = { tenantId, taskId };
    const after = Number(headers['Last-Event-ID'] ?? '');
    const task = await taskQueries.get(key);
    // 204 tells an EventSource that came back after the end to stop coming back.
    if (endOf(task) !== undefined && after >= task.version) return noContent();
    return eventStream((response) =>
      streams.hold(tenantId, exchange.gone, (signal) => {
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
