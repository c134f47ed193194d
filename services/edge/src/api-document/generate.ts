import { writeFile } from 'node:fs/promises';
import { routes } from '../http/routes/routes.ts';
import { createApiDocument } from './create-api-document.ts';

const target = new URL('../../openapi.json', import.meta.url);

await writeFile(target, `${JSON.stringify(createApiDocument(routes), null, 2)}\n`);
