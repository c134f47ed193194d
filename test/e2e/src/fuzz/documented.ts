import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Answer } from '../client.ts';
import { type ApiDocument, type ApiOperation, operationsOf, type Response } from '../openapi.ts';

/** What of an answer is not as the document says; undefined: all is. */
export type Judge = (method: string, path: string, answer: Answer) => string | undefined;

export function judgeOf(document: ApiDocument): Judge {
  const operations = new Map(
    operationsOf(document).map((each) => [`${each.method} ${each.path}`, each]),
  );
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const components = closed(document.components) as object;
  const compiled = new Map<object, ValidateFunction>();
  const validator = (schema: object) => {
    const known = compiled.get(schema) ?? ajv.compile({ ...schema, components });
    compiled.set(schema, known);
    return known;
  };
  return (method, path, answer) => {
    if (answer.status >= 500) return `it answers ${answer.status}`;
    if (answer.headers['x-request-id'] === undefined) return 'it has no X-Request-Id';
    const operation = operations.get(`${method === 'HEAD' ? 'GET' : method} ${path}`);
    if (operation === undefined) return complaintWithoutOperation(method, answer);
    const response = responseOf(operation, answer);
    if (response === undefined) return `the status ${answer.status} is not documented`;
    return complaintOf(response, answer, method, validator);
  };
}

/** What a lambda answered goes out under its own status, which may be that of a problem, too. */
function responseOf({ responses }: ApiOperation, answer: Answer): Response | undefined {
  const isLambdas = answer.headers['gc-task-outcome'] === 'succeeded';
  return (isLambdas ? undefined : responses[answer.status]) ?? responses['default'];
}

/** A method that a path does not have. */
function complaintWithoutOperation(method: string, answer: Answer): string | undefined {
  if (method === 'OPTIONS') return [200, 204, 404].includes(answer.status) ? undefined : 'OPTIONS';
  return [404, 405].includes(answer.status)
    ? undefined
    : `${answer.status} for a method that there is not`;
}

function complaintOf(
  { content }: Response,
  { status, headers, text }: Answer,
  method: string,
  validator: (schema: object) => ValidateFunction,
): string | undefined {
  if (content === undefined) return text === '' ? undefined : `${status} has a body`;
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  const documented = content[type] ?? content['*/*'];
  if (documented === undefined) return `${status} has the content type ${type}`;
  // RFC 9110, 9.3.2; and what a lambda answers and a stream hold is no JSON of a schema.
  if (method === 'HEAD') return text === '' ? undefined : 'HEAD has a body';
  if (!/[/+]json$/.test(type) || documented.schema === undefined) return undefined;
  if (content[type] === undefined) return undefined;
  const validate = validator(documented.schema);
  return validate(JSON.parse(text))
    ? undefined
    : `${status} does not fit its schema: ${JSON.stringify(validate.errors?.slice(0, 2))}`;
}

/**
 * The same components, with every object of named members closed: a member that is not documented
 * is a fault here, though clients must put up with it. Parts of an allOf see only their own members.
 */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name,
    name === 'allOf' || name === 'Problem' ? inner : closed(inner),
  ]);
  const mapped = Object.fromEntries(entries);
  const isObject = mapped['type'] === 'object' && typeof mapped['properties'] === 'object';
  return isObject ? { additionalProperties: false, ...mapped } : mapped;
}
