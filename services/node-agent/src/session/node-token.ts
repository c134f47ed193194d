import { readFile } from 'node:fs/promises';

interface TokenPlace {
  readonly GC_NODE_TOKEN?: string | undefined;
  readonly GC_NODE_TOKEN_FILE?: string | undefined;
}

/** The node's token, given or from its file (a mounted secret). */
export async function readNodeToken(place: TokenPlace): Promise<string> {
  if (place.GC_NODE_TOKEN !== undefined) return place.GC_NODE_TOKEN;
  const token = (await readFile(place.GC_NODE_TOKEN_FILE ?? '', 'utf8')).trim();
  if (token === '') throw new Error('the file of GC_NODE_TOKEN_FILE is empty');
  return token;
}
