import { DomainError, parseCodeVersion, parseLambdaId } from '@greencloud/domain';
import type { Selectable } from 'kysely';
import type { LambdaTable } from '../postgres/database.ts';
import type { Demands, Lambda } from './lambda.ts';

/** The columns of a lambda that its owner sees. */
export const lambdaColumns = [
  'lambda_id',
  'name',
  'description',
  'tags',
  'scm_url',
  'lang',
  'type',
  'paused',
  'code_version',
  'timeout',
  'cpu_count',
  'mem_size',
  'network_latency',
  'privileged',
  'created_at',
  'updated_at',
] as const;

type LambdaRow = Pick<Selectable<LambdaTable>, (typeof lambdaColumns)[number]>;
type DemandsRow = Pick<
  LambdaRow,
  'timeout' | 'cpu_count' | 'mem_size' | 'network_latency' | 'privileged'
>;

export function lambdaOf(row: LambdaRow): Lambda {
  return {
    lambdaId: parseLambdaId(row.lambda_id),
    name: row.name,
    description: row.description,
    tags: row.tags,
    scmUrl: row.scm_url,
    lang: row.lang,
    type: row.type,
    paused: row.paused,
    codeVersion: row.code_version === null ? 'none' : parseCodeVersion(row.code_version),
    demands: demandsOf(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function demandsOf(row: DemandsRow): Demands {
  return {
    timeout: row.timeout ?? undefined,
    cpuCount: row.cpu_count ?? undefined,
    memSize: row.mem_size ?? undefined,
    networkLatency: row.network_latency ?? undefined,
    privileged: row.privileged ?? undefined,
  };
}

/** The one answer for a lambda that is missing, deleted or somebody else's. */
export function lambdaNotFound(): DomainError {
  return new DomainError('LAMBDA_NOT_FOUND', 'No such lambda');
}
