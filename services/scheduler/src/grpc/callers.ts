import type { CallersOf } from '@greencloud/grpc';
import type { NodeServiceService } from '@greencloud/proto/node/v1/node';
import type { NodeAdminServiceService } from '@greencloud/proto/node/v1/node_admin';

/** The edge speaks for the owners of nodes; an operator looks after all of them. */
export const adminCallers: CallersOf<NodeAdminServiceService> = {
  enrolNode: ['edge', 'operator'],
  listNodes: ['edge', 'operator'],
  disableNode: ['edge', 'operator'],
  restoreNode: ['edge', 'operator'],
  drainNode: ['edge', 'operator'],
  countNodes: ['edge', 'operator'],
  explainWaiting: ['operator'],
};

/** A node speaks for itself only: each call carries the token of its enrolment. */
export const nodeCallers: CallersOf<NodeServiceService> = {
  connect: 'node token',
  getCode: 'node token',
};
