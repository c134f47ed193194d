import { parseLambdaId, parseNodeId, parseTaskId } from '@greencloud/domain';
import { z } from 'zod';

const hex24 = z.string().regex(/^[0-9a-f]{24}$/i, 'must be 24 hexadecimal characters');
const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'must be a UUID');

const zTaskId = hex24.transform(parseTaskId);
export const zLambdaId = hex24.transform(parseLambdaId);
export const zNodeId = uuid.transform(parseNodeId);

export const taskPath = z.object({ taskId: zTaskId });
export const lambdaPath = z.object({ lambdaId: zLambdaId });
export const nodePath = z.object({ hash: zNodeId });

/** 24 hexadecimal characters in an answer. */
export const zHex24 = hex24;
