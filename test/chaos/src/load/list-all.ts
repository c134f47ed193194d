import type { ListedTask } from '../history/log-row.ts';
import type { Api } from './api.ts';

/** Every page of the list, as a client walks over them. */
export async function listAll(api: Api): Promise<ListedTask[]> {
  const listed: ListedTask[] = [];
  let path: string | undefined = '/v1/task/list?limit=1000';
  while (path !== undefined) {
    const heard = await api.ask('GET', path);
    if (heard.kind === 'silence') throw new Error(`the list was not answered: ${heard.why}`);
    const { text, headers } = heard.answer;
    listed.push(...(JSON.parse(text) as ListedTask[]));
    path = /<([^>]+)>; rel="next"/.exec(String(headers['link']))?.[1];
  }
  return listed;
}
