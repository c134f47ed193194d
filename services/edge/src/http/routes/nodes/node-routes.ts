import { z } from 'zod';
import type { Node } from '../../../nodes/node-admin.ts';
import { created, noContent, ok } from '../../routing/answer.ts';
import { nothing } from '../../routing/answer-spec.ts';
import { defineRoute } from '../../routing/define-route.ts';
import { nodePath } from '../ids.ts';
import { unixSeconds } from '../unix-time.ts';
import {
  newNodeExamples,
  nodeListExamples,
  nodeTokenExamples,
  restoredNodeExamples,
} from './node-examples.ts';
import { zNewNode, zNode, zNodeToken, zRestoredNode } from './node-schemas.ts';

export const enrolNode = defineRoute({
  operation: 'enrolNode',
  tag: 'Nodes',
  summary: 'Enrol a node; its token is told this once',
  description:
    "The hash is a UUID that the caller chooses. The node connects outward with the token; nothing ever connects to it. Enrolling a node of one's own again gives it a new token and ends the old one.",
  method: 'post',
  path: '/v1/node/{hash}',
  scope: 'node:write',
  answers: [
    {
      as: 'created',
      description: 'The node is enrolled.',
      content: { kind: 'json', schema: zNodeToken, examples: nodeTokenExamples },
    },
  ],
  problems: ['NODE_ALREADY_ENROLLED'],
  params: nodePath,
  body: {
    kind: 'json',
    schema: zNewNode,
    maxBytes: 4 * 1024,
    presence: 'optional',
    examples: newNodeExamples,
  },
  async handle({ tenantId, params: { hash: nodeId }, body, exchange }, { nodes }) {
    const token = await nodes.enrol({ tenantId, nodeId }, body.description, exchange.gone);
    return created({ token }, { 'cache-control': 'no-store' });
  },
});

export const listNodes = defineRoute({
  operation: 'listNodes',
  tag: 'Nodes',
  summary: "The caller's nodes",
  method: 'get',
  path: '/v1/node/list',
  scope: 'node:read',
  answers: [
    {
      as: 'ok',
      description: 'All of them.',
      content: { kind: 'json', schema: z.array(zNode), examples: nodeListExamples },
    },
  ],
  problems: [],
  async handle({ tenantId, exchange }, { nodes }) {
    return ok((await nodes.list(tenantId, exchange.gone)).map(nodeJson));
  },
});

export const disableNode = defineRoute({
  operation: 'disableNode',
  tag: 'Nodes',
  summary: 'Disable a node: its token is refused until it is restored',
  method: 'delete',
  path: '/v1/node/{hash}',
  scope: 'node:write',
  answers: [{ as: 'no content', description: 'It is disabled.', content: nothing }],
  problems: ['NODE_NOT_FOUND'],
  params: nodePath,
  async handle({ tenantId, params: { hash: nodeId }, exchange }, { nodes }) {
    await nodes.disable({ tenantId, nodeId }, exchange.gone);
    return noContent();
  },
});

export const restoreNode = defineRoute({
  operation: 'restoreNode',
  tag: 'Nodes',
  summary: 'Let a disabled node work again',
  method: 'patch',
  path: '/v1/node/{hash}',
  scope: 'node:write',
  answers: [
    {
      as: 'ok',
      description: 'It may work again.',
      content: { kind: 'json', schema: zRestoredNode, examples: restoredNodeExamples },
    },
  ],
  problems: ['NODE_NOT_FOUND'],
  params: nodePath,
  body: {
    kind: 'json',
    schema: z.strictObject({}),
    maxBytes: 1024,
    presence: 'optional',
    examples: { nothing: { summary: 'Nothing to say', value: {} } },
  },
  async handle({ tenantId, params: { hash: nodeId }, exchange }, { nodes }) {
    await nodes.restore({ tenantId, nodeId }, exchange.gone);
    return ok({ hash: nodeId, disabled: false });
  },
});

export const drainNode = defineRoute({
  operation: 'drainNode',
  tag: 'Nodes',
  summary: 'Let a node finish what it runs and give it nothing new',
  method: 'post',
  path: '/v1/node/{hash}/drain',
  scope: 'node:write',
  answers: [{ as: 'no content', description: 'It drains.', content: nothing }],
  problems: ['NODE_NOT_FOUND'],
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
