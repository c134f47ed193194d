import type { CallersOf } from '@greencloud/grpc';
import type { LambdaCatalogServiceService } from '@greencloud/proto/lambda/v1/lambda_catalog';

/** The edge speaks for tenants; the scheduler fetches what its nodes run. */
export const catalogCallers: CallersOf<LambdaCatalogServiceService> = {
  createLambda: ['edge'],
  getLambda: ['edge', 'operator'],
  listLambdas: ['edge', 'operator'],
  updateLambda: ['edge'],
  deleteLambda: ['edge'],
  getCapabilities: ['edge', 'operator'],
  setCapabilities: ['edge'],
  putCode: ['edge'],
  getCode: ['scheduler', 'operator'],
  togglePause: ['edge'],
  resolveLambdas: ['edge', 'operator'],
};
