import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeAtomically } from '../atomic-file.ts';
import { inRepository } from '../repository.ts';
import { type EdgeApi, EdgeError } from './edge-api.ts';

const CODE = inRepository('deploy/local/demo/text-statistics.mjs');

const remembered = z.object({ lambdaId: z.string(), codeSha256: z.string() });
const created = z.object({ id: z.string() });

/** Makes the demo lambda, or takes the one of an earlier start; uploads its code when changed. */
export async function provideDemoLambda(api: EdgeApi, dataDir: string): Promise<string> {
  const file = join(dataDir, 'demo.json');
  const code = await readFile(CODE, 'utf8');
  const codeSha256 = createHash('sha256').update(code).digest('hex');
  const earlier = remembered.safeParse(await readJson(file)).data;
  const known =
    earlier !== undefined && (await exists(api, earlier.lambdaId)) ? earlier : undefined;
  if (known?.codeSha256 === codeSha256) return known.lambdaId;

  const lambdaId = known?.lambdaId ?? (await create(api));
  await api.call('PUT', `/v1/lambda/${lambdaId}/code`, code);
  await writeAtomically(file, JSON.stringify({ lambdaId, codeSha256 }));
  return lambdaId;
}

async function create(api: EdgeApi): Promise<string> {
  const lambda = {
    name: 'textStatistics',
    description: 'Counts words and lines of a text',
    tag: ['demo'],
    lang: 'js',
    type: 'module',
  };
  return created.parse(await api.call('POST', '/v1/lambda', lambda)).id;
}

/** It may be gone: the data folder can be used with another database. */
async function exists(api: EdgeApi, lambdaId: string): Promise<boolean> {
  try {
    await api.call('GET', `/v1/lambda/${lambdaId}`);
    return true;
  } catch (error) {
    if (error instanceof EdgeError && error.status === 404) return false;
    throw error;
  }
}
