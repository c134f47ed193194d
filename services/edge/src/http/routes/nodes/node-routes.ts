import { z } from 'zod';
import type { Node } from '../../../nodes/node-admin.ts';
import { created, noContent, ok } from '../../routing/answer.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { nodePath } from '../ids.ts';
import { unixSeconds } from '../unix-time.ts';
import { zNode, zNodeDescription } from './node-schemas.ts';

export const enrolNode = defineRoute({
  operation: 'enrolNode',
  summary: 'Enrol a node; its token is told this once',
  method: 'post',
  path: '/v1/node/{hash}',
  scope: 'node:write',
  produces: z.strictObject({ token: z.string() }),
  problems: ['INVALID_ID', 'NODE_ALREADY_ENROLLED', 'VALIDATION_FAILED'],
  params: nodePath,
  body: {
    kind: 'json',
    schema: z.strictObject({ description: zNodeDescription.default('') }),
    maxBytes: 4 * 1024,
    presence: 'optional',
  },
  async handle({ tenantId, params: { hash: nodeId }, body, exchange }, { nodes }) {
    const token = await nodes.enrol({ tenantId, nodeId }, body.description, exchange.gone);
    return created({ token }, { 'cache-control': 'no-store' });
  },
});

export const listNodes = defineRoute({
  operation: 'listNodes',
  summary: "The caller's nodes",
  method: 'get',
  path: '/v1/node/list',
  scope: 'node:read',
  produces: z.array(zNode),
  problems: [],
  async handle({ tenantId, exchange }, { nodes }) {
    return ok((await nodes.list(tenantId, exchange.gone)).map(nodeJson));
  },
});

export const disableNode = defineRoute({
  operation: 'disableNode',
  summary: 'Disable a node: its token is refused until it is restored',
  method: 'delete',
  path: '/v1/node/{hash}',
  scope: 'node:write',
  produces: 'nothing',
  problems: ['INVALID_ID', 'NODE_NOT_FOUND'],
  params: nodePath,
  async handle({ tenantId, params: { hash: nodeId }, exchange }, { nodes }) {
    await nodes.disable({ tenantId, nodeId }, exchange.gone);
    return noContent();
  },
});

export const restoreNode = defineRoute({
  operation: 'restoreNode',
  summary: 'Let a disabled node work again',
  method: 'patch',
  path: '/v1/node/{hash}',
  scope: 'node:write',
  produces: z.strictObject({ hash: z.string(), disabled: z.literal(false) }),
  problems: ['INVALID_ID', 'NODE_NOT_FOUND', 'VALIDATION_FAILED'],
  params: nodePath,
  body: { kind: 'json', schema: z.strictObject({}), maxBytes: 1024, presence: 'optional' },
  async handle({ tenantId, params: { hash: nodeId }, exchange }, { nodes }) {
    await nodes.restore({ tenantId, nodeId }, exchange.gone);
    return ok({ hash: nodeId, disabled: false });
  },
});

export const drainNode = defineRoute({
  operation: 'drainNode',
  summary: 'Let a node finish what it runs and give it nothing new',
  method: 'post',
  path: '/v1/node/{hash}/drain',
  scope: 'node:write',
  produces: 'nothing',
  problems: ['INVALID_ID', 'NODE_NOT_FOUND'],
  params: nodePath,
  async handle({ tenantId, params: { hash: nodeId }, exchange }, { nodes }) {
    await nodes.drain({ tenantId, nodeId }, exchange.gone);
    return noContent();
  },
});

function nodeJson({ nodeId, lastSeenAt, ...node }: Node): object {
  const { description, available, disabled, draining, running, capabilities, energy } = node;
  return {
    hash: nodeId,
    description,
    available,
    disabled,
    draining,
    running,
    capabilities,
    energy,
    lastSeen: unixSeconds(lastSeenAt),
  };
}
