import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeAtomically } from '../atomic-file.ts';
import type { EdgeApi } from './edge-api.ts';

/** A node that may connect: its id and the file that holds its token. */
export type EnrolledNode = { readonly hash: string; readonly tokenFile: string };

const remembered = z.array(z.object({ hash: z.uuid() }));
const listed = z.array(z.looseObject({ hash: z.string() }));
const enrolled = z.object({ token: z.string() });

/** Gives `count` nodes: those of earlier starts that the scheduler still knows, then new ones. */
export async function provideNodes(
  api: EdgeApi,
  nodesFolder: string,
  count: number,
): Promise<EnrolledNode[]> {
  const file = join(nodesFolder, 'nodes.json');
  const earlier = remembered.safeParse(await readJson(file)).data ?? [];
  const known = new Set(listed.parse(await api.call('GET', '/v1/node/list')).map(hashOf));
  const nodes = earlier.map(hashOf).filter((hash) => known.has(hash));
  while (nodes.length < count) {
    nodes.push(await enrol(api, nodesFolder, nodes.length + 1));
    await writeAtomically(file, JSON.stringify(nodes.map((hash) => ({ hash }))));
  }
  return nodes.slice(0, count).map((hash) => ({ hash, tokenFile: tokenFile(nodesFolder, hash) }));
}

async function enrol(api: EdgeApi, nodesFolder: string, number: number): Promise<string> {
  const hash = randomUUID();
  const description = `local node ${number}`;
  const { token } = enrolled.parse(await api.call('POST', `/v1/node/${hash}`, { description }));
  await writeAtomically(tokenFile(nodesFolder, hash), token);
  return hash;
}

function tokenFile(nodesFolder: string, hash: string): string {
  return join(nodesFolder, `${hash}.token`);
}

function hashOf({ hash }: { hash: string }): string {
  return hash;
}
