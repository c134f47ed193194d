import { DomainError } from '@greencloud/domain';
import { type GrpcService, type ImplementationOf, service } from '@greencloud/grpc';
import {
  type Lambda,
  LambdaCatalogServiceService,
  type LambdaKey,
  type ResolveLambdaResult,
} from '@greencloud/proto/lambda/v1/lambda_catalog';
import { ObjectId } from 'bson';
import type { Calls } from './calls.ts';

/** For how long a resolved lambda may be used again. */
export interface FakeLease {
  freshForMs: number;
}

type Owned = Lambda & { tenantId: string };

const newId = () => new ObjectId().toHexString();

type Handlers = ImplementationOf<LambdaCatalogServiceService>;
type Lambdas = Map<string, Owned>;

/** LambdaCatalogService in memory. It answers changes at once: with a lease they are seen late. */
export function fakeLambdaCatalog(calls: Calls, lease: FakeLease): GrpcService[] {
  const lambdas: Lambdas = new Map();
  const handlers = {
    ...reads(lambdas, calls),
    ...changes(lambdas),
    ...ofCode(lambdas, calls, lease),
  };
  return [service(LambdaCatalogServiceService, handlers)];
}

function reads(
  lambdas: Lambdas,
  calls: Calls,
): Pick<Handlers, 'getLambda' | 'listLambdas' | 'getCapabilities'> {
  return {
    async getLambda({ key }) {
      await calls.enter('getLambda', 1);
      return { lambda: find(lambdas, key) };
    },
    async listLambdas({ tenantId, tag, pageSize, pageToken }) {
      const own = [...lambdas.values()]
        .filter((lambda) => lambda.tenantId === tenantId)
        .filter(({ tags }) => tag === '' || tags.includes(tag));
      const end = Number(pageToken || 0) + pageSize;
      return {
        lambdas: own.slice(Number(pageToken || 0), end),
        nextPageToken: end < own.length ? String(end) : '',
      };
    },
    async getCapabilities({ key }) {
      return { capabilities: find(lambdas, key).capabilities };
    },
  };
}

function changes(
  lambdas: Lambdas,
): Pick<
  Handlers,
  'createLambda' | 'updateLambda' | 'deleteLambda' | 'setCapabilities' | 'togglePause'
> {
  return {
    async createLambda({ requestId, ...lambda }) {
      if (requestId === '') throw new DomainError('INTERNAL', 'a create needs a request id');
      const lambdaId = newId();
      const now = BigInt(Date.now());
      const state = { paused: false, codeVersion: '', capabilities: {} };
      lambdas.set(lambdaId, { ...lambda, ...state, lambdaId, createdAt: now, updatedAt: now });
      return { lambdaId };
    },
    async updateLambda({ key, tags, ...given }) {
      const lambda = find(lambdas, key);
      const set = Object.entries(given).filter(([, value]) => value !== undefined);
      Object.assign(lambda, Object.fromEntries(set), tags);
      return { lambda };
    },
    async deleteLambda({ key }) {
      lambdas.delete(find(lambdas, key).lambdaId);
      return {};
    },
    async setCapabilities({ key, capabilities }) {
      find(lambdas, key).capabilities = capabilities;
      return { capabilities };
    },
    async togglePause({ key }) {
      const lambda = find(lambdas, key);
      lambda.paused = !lambda.paused;
      return { paused: lambda.paused };
    },
  };
}

function ofCode(
  lambdas: Lambdas,
  calls: Calls,
  lease: FakeLease,
): Pick<Handlers, 'putCode' | 'getCode' | 'resolveLambdas'> {
  return {
    async putCode({ key, code }) {
      const lambda = find(lambdas, key);
      if (code.toString().includes('SYNTAX ERROR')) {
        const detail = 'Unexpected identifier at line 2';
        throw new DomainError('VALIDATION_FAILED', detail, [{ pointer: '', detail }]);
      }
      lambda.codeVersion = newId();
      return { codeVersion: lambda.codeVersion };
    },
    getCode: () => Promise.reject(new DomainError('INTERNAL', 'the edge must not call this')),
    async resolveLambdas({ keys }) {
      await calls.enter('resolveLambdas', keys.length);
      return { results: keys.map((key) => resolve(lambdas, key)), ...lease };
    },
  };
}

function find(lambdas: Lambdas, key: LambdaKey | undefined): Owned {
  const lambda = lambdas.get(key?.lambdaId ?? '');
  if (lambda === undefined || lambda.tenantId !== key?.tenantId) {
    throw new DomainError('LAMBDA_NOT_FOUND', `No lambda ${key?.lambdaId}`);
  }
  return lambda;
}

function resolve(lambdas: Lambdas, key: LambdaKey): ResolveLambdaResult {
  try {
    const { codeVersion, paused, capabilities } = find(lambdas, key);
    if (codeVersion === '') throw new DomainError('NO_RUNNER', 'The lambda has no code');
    if (paused) throw new DomainError('LAMBDA_PAUSED', 'The lambda is paused');
    const {
      cpuCount = 0,
      memSize = 0,
      networkLatency = 0,
      privileged = false,
    } = capabilities ?? {};
    const demands = { cpuCount, memSize, networkLatency, privileged };
    return { result: { $case: 'lambda', value: { codeVersion, capabilities: demands } } };
  } catch (error) {
    const { code, message } = error as DomainError;
    return { result: { $case: 'error', value: { code, message } } };
  }
}
