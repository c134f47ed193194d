import { parseTenantId } from '@greencloud/domain';
import type {
  ListLambdasRequest,
  ListLambdasResponse,
} from '@greencloud/proto/lambda/v1/lambda_catalog';
import { checkTag } from '../lambda/lambda-rules.ts';
import { listLambdas } from '../lambda/list-lambdas.ts';
import { pageTokenOf, readPageToken } from '../lambda/page-token.ts';
import type { Db } from '../postgres/database.ts';
import { toLambdaMessage } from './lambda-messages.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** One lambda more than asked for tells whether there is a next page. */
export async function readPage(db: Db, request: ListLambdasRequest): Promise<ListLambdasResponse> {
  const { tag, pageToken } = request;
  const list = { tenantId: parseTenantId(request.tenantId), tag };
  // AIP-158: larger sizes are cut down to the largest.
  const size = Math.min(request.pageSize || DEFAULT_PAGE, MAX_PAGE);
  const found = await listLambdas(db, {
    tenantId: list.tenantId,
    tag: checkTag(tag),
    before: readPageToken(pageToken, list),
    limit: size + 1,
  });
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  return {
    lambdas: page.map(toLambdaMessage),
    nextPageToken: last === undefined ? '' : pageTokenOf(list, last.lambdaId),
  };
}
