import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { brokenKinds } from '../http/server/broken-request.ts';
import { problemKinds } from '../http/problem/problem-kinds.ts';
import { routes } from '../http/routes/routes.ts';
import { createApiDocument } from './create-api-document.ts';

const committed = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
const document = createApiDocument(routes);

/** Struct, references, paths, parameters, and every example against its schema. */
async function problemsOf(text: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
  return problems.map(({ ruleId, message, location }) =>
    [ruleId, message, location[0]?.pointer].join(' '),
  );
}

describe('the API document', () => {
  it('is the one that is committed', () => {
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('is a valid OpenAPI 3.1 document, with examples that fit', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await problemsOf(committed)).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['struct', '"operationId": "createTask"', '"operationID": "createTask"'],
    ['no-invalid-media-type-examples', '"timeout": 120', '"timeout": 121'],
    ['no-unresolved-refs', '#/components/schemas/Task"', '#/components/schemas/Tusk"'],
    ['operation-operationId-unique', '"operationId": "getTask"', '"operationId": "listTasks"'],
  ])('is checked by %s (control)', async (rule, right, wrong) => {
    expect(committed).toContain(right);
    const problems = await problemsOf(committed.replace(right, wrong));
    expect(problems.join('\n')).toContain(rule);
  });

  it('has every route, with its scope', () => {
    const doors = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { security }]) => [method, path, security] as const),
    );
    expect(doors).toEqual(
      expect.arrayContaining(
        routes.map(({ method, path, scope }) => [
          method,
          path,
          [{ bearer: [scope] }, { bareToken: [scope] }],
        ]),
      ),
    );
    expect(doors).toHaveLength(routes.length);
  });

  it('has an example of every code that gets outside', () => {
    // Codes of calls between our own services; a caller sees UNAVAILABLE or nothing of them.
    const inside = ['FENCED', 'TASK_ALREADY_ISSUED', 'DEADLINE_EXCEEDED', 'CANCELLED'];
    const outside = [...Object.keys(problemKinds), ...Object.keys(brokenKinds)]
      .filter((code) => !inside.includes(code))
      .toSorted();
    expect(Object.keys(document.components?.examples ?? {})).toEqual(outside);
  });

  it('explains each operation, parameter and schema to a stranger', () => {
    const operations = Object.values(document.paths ?? {}).flatMap((item) => Object.values(item));
    for (const { summary, description, parameters = [] } of operations) {
      expect([summary, description]).toEqual([expect.any(String), expect.any(String)]);
      for (const parameter of parameters) expect(parameter.description).toBeTruthy();
    }
  });

  it('leaves answers open for new members, and bodies closed', () => {
    const { Task, NewTask } = document.components?.schemas ?? {};
    expect(Task).not.toHaveProperty('additionalProperties');
    expect(NewTask).toHaveProperty('additionalProperties', false);
  });
});
