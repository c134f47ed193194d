import { parseLambdaId, parseNodeId, parseTaskId } from '@greencloud/domain';
import { z } from 'zod';
import { exampleIds } from './example-ids.ts';

// Both cases in the pattern itself: JSON Schema has no flags.
const hex24 = z.string().regex(/^[0-9a-fA-F]{24}$/, 'must be 24 hexadecimal characters');
const uuid = z.string().regex(uuidPattern(), 'must be a UUID');

const taskId = { description: 'The id of a task.', examples: [exampleIds.task] };
const lambdaId = { description: 'The id of a lambda.', examples: [exampleIds.lambda] };
const nodeId = { description: 'The UUID of a node.', examples: [exampleIds.node] };

// What is known of the text stands before the transform: zod documents its input only from there.
export const zLambdaId = hex24.meta(lambdaId).transform(parseLambdaId);
export const zNodeId = uuid.meta(nodeId).transform(parseNodeId);

export const taskPath = z.object({ taskId: hex24.meta(taskId).transform(parseTaskId) });
export const lambdaPath = z.object({ lambdaId: zLambdaId });
export const nodePath = z.object({ hash: zNodeId });

// In an answer an id is what it is: nothing is left to parse.
export const zTaskIdOut = hex24.meta(taskId);
export const zLambdaIdOut = hex24.meta(lambdaId);
export const zNodeIdOut = uuid.meta(nodeId);
export const zCodeVersionOut = hex24.meta({
  description: 'The version of the code, which never changes: each upload is a new one.',
  examples: [exampleIds.codeVersion],
});

function uuidPattern(): RegExp {
  const hex = '[0-9a-fA-F]';
  return new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`);
}
