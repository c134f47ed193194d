import type { createDocument } from 'zod-openapi';

export type ApiDocument = ReturnType<typeof createDocument>;

/** Lifts each description of a parameter's schema to the parameter, where pages look for it. */
export function describeParameters(document: ApiDocument): ApiDocument {
  const items = Object.values(document.paths ?? {});
  const operations = items.flatMap(({ get, post, put, patch, delete: remove }) =>
    [get, post, put, patch, remove].filter((one) => one !== undefined),
  );
  for (const parameter of operations.flatMap(({ parameters = [] }) => parameters)) {
    if ('$ref' in parameter || typeof parameter.schema !== 'object') continue;
    const { description } = parameter.schema;
    if (description !== undefined) parameter.description = description;
    delete parameter.schema.description;
  }
  return document;
}
