import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { successStatus } from '../http/routing/answer.ts';
import type { AnswerContent, AnswerSpec, Examples } from '../http/routing/answer-spec.ts';
import type { Route } from '../http/routing/define-route.ts';
import { type CommonHeader, headerReferences } from './answer-headers.ts';

const common: readonly CommonHeader[] = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy'];

/** The ways in which a route succeeds, by status. */
export function successResponses({ answers }: Route): Record<string, ZodOpenApiResponseObject> {
  const entries = answers.map((answer) => [successStatus[answer.as], responseOf(answer)] as const);
  const isRelayed = answers.some(({ content }) => content.kind === 'bytes');
  return { ...Object.fromEntries(entries), ...(isRelayed ? { default: relayed } : {}) };
}

function responseOf({ description, headers = [], content }: AnswerSpec): ZodOpenApiResponseObject {
  return {
    description,
    headers: headerReferences([...headers, ...common]),
    ...contentOf(content),
  };
}

function contentOf(content: AnswerContent): Pick<ZodOpenApiResponseObject, 'content'> {
  switch (content.kind) {
    case 'json': {
      const { schema, examples } = content;
      return { content: { 'application/json': { schema, examples: copyOf(examples) } } };
    }
    case 'events': {
      // OpenAPI 3.1 cannot tell what stands in an event, so the description names the schema.
      const schema = {
        type: 'string' as const,
        description: 'Server-sent events; `data` of each is a `TaskEvent`.',
      };
      return {
        content: { 'text/event-stream': { schema, examples: copyOf(content.examples) } },
      };
    }
    case 'bytes':
      return { content: { '*/*': { schema: { description: 'Whatever the lambda answered.' } } } };
    case 'nothing':
      return {};
    default:
      return content satisfies never;
  }
}

const relayed: ZodOpenApiResponseObject = {
  description: 'The lambda answered with another status: it goes out as it is.',
  headers: headerReferences(['GC-Task-Outcome', 'ETag', ...common]),
  content: { '*/*': { schema: { description: 'Whatever the lambda answered.' } } },
};

export function copyOf(examples: Examples): Record<string, { summary: string; value: unknown }> {
  return { ...examples };
}
