import type { Route } from '../routing/define-route.ts';
import { deleteLambda, toggleLambdaPause, updateLambda } from './lambdas/change-lambda.ts';
import { createLambda } from './lambdas/create-lambda.ts';
import { getLambdaCapabilities, setLambdaCapabilities } from './lambdas/lambda-capabilities.ts';
import { putLambdaCode } from './lambdas/lambda-code.ts';
import { getLambda, listLambdas } from './lambdas/read-lambdas.ts';
import { getMetrics } from './metrics.ts';
import { disableNode, drainNode, enrolNode, listNodes, restoreNode } from './nodes/node-routes.ts';
import { cancelTask } from './tasks/cancel-task.ts';
import { createTask } from './tasks/create-task.ts';
import { getTask } from './tasks/get-task.ts';
import { listTasks } from './tasks/list-tasks.ts';
import { getTaskHistory } from './tasks/task-history.ts';
import { getTaskResult } from './tasks/task-result.ts';
import { watchTask } from './tasks/watch-task.ts';

/** Every route there is. The API document is to be made of this list. */
export const routes: readonly Route[] = [
  createTask,
  getTask,
  listTasks,
  getTaskResult,
  cancelTask,
  getTaskHistory,
  watchTask,
  createLambda,
  getLambda,
  listLambdas,
  updateLambda,
  deleteLambda,
  getLambdaCapabilities,
  setLambdaCapabilities,
  putLambdaCode,
  toggleLambdaPause,
  enrolNode,
  listNodes,
  disableNode,
  restoreNode,
  drainNode,
  getMetrics,
];
