import { beforeAll, describe, expect, it } from 'vitest';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { type ApiOperation, operationsOf, readDocument } from '../openapi.ts';
import { expectProblem } from '../problem.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

const scopes = [
  'task:read',
  'task:write',
  'lambda:read',
  'lambda:write',
  'node:read',
  'node:write',
];

describe('5: Access tokens (what they forbid stands in the token table)', () => {
  let operations: readonly ApiOperation[];

  beforeAll(async () => {
    operations = operationsOf(await readDocument(stack().known.edgeUrl)).filter(
      ({ scopes: needed }) => needed.length > 0,
    );
  });

  /** Which operations a token of these scopes gets past. */
  async function grantedTo(scope: unknown): Promise<string[]> {
    const client = await stack().tenant({ scope });
    const answers = await Promise.all(
      operations.map(async ({ method, path, id }) => {
        const target = path.replaceAll(/\{\w+\}/g, (name) =>
          name === '{hash}' ? crypto.randomUUID() : newId(),
        );
        const answer = await client.call(method, target);
        if (answer.status === 403) expectProblem(answer, 403, 'FORBIDDEN');
        return answer.status === 403 ? [] : [id];
      }),
    );
    return answers.flat();
  }

  const needing = (isGranted: (scope: string) => boolean) =>
    operations.filter((each) => each.scopes.every(isGranted)).map(({ id }) => id);

  it.each(scopes)('%s opens what needs it and nothing else', async (scope) => {
    expect(await grantedTo(scope)).toEqual(needing((needed) => needed === scope));
  });

  it.each(['task', 'lambda', 'node'])('%s:* opens all of its kind', async (kind) => {
    expect(await grantedTo(`${kind}:*`)).toEqual(
      needing((needed) => needed.startsWith(`${kind}:`)),
    );
  });

  it('several open all of theirs, as text and as a list', async () => {
    const both = needing((needed) => needed === 'task:read' || needed.startsWith('node:'));
    expect(await grantedTo('task:read node:*')).toEqual(both);
    expect(await grantedTo(['task:read', 'node:*'])).toEqual(both);
  });

  it.each(['', ' ', '*', 'task', 'task:', 'task:*:read', 'TASK:READ', 'admin', '*:*'])(
    'the scope "%s" opens nothing',
    async (scope) => {
      expect(await grantedTo(scope)).toEqual([]);
    },
  );

  it('no scope claim means all of the tenant’s own', async () => {
    expect(await grantedTo(undefined)).toEqual(operations.map(({ id }) => id));
  });

  describe('the tenant is', () => {
    let owner: Tenant;
    let task: string;

    beforeAll(async () => {
      owner = await stack().tenant();
      const lambdaId = await owner.createLambda('never', await lambdaCode('echo'), impossible);
      task = await owner.issue(lambdaId, '');
    });

    const seenWith = async (claims: Record<string, unknown>) => {
      const client = stack().client(await stack().mint.token(claims));
      return (await client.call('GET', `/v1/task/${task}`)).status;
    };

    it('the userId claim (24 hex), in either case', async () => {
      expect(await seenWith({ userId: owner.tenantId })).toBe(200);
      expect(await seenWith({ userId: owner.tenantId.toUpperCase() })).toBe(200);
    });

    it('the userId claim also beside another sub', async () => {
      expect(await seenWith({ userId: owner.tenantId, sub: newId() })).toBe(200);
      expect(await seenWith({ userId: newId(), sub: owner.tenantId })).toBe(404);
    });

    it('else sub', async () => {
      expect(await seenWith({ userId: undefined, sub: owner.tenantId })).toBe(200);
      expect(await seenWith({ userId: undefined, sub: 'somebody-else' })).toBe(404);
    });

    it('nothing that a request says', async () => {
      const stranger = await stack().tenant();
      const headers = { 'x-tenant-id': owner.tenantId, 'x-user-id': owner.tenantId };
      const answer = await stranger.call('GET', `/v1/task/${task}`, { headers });
      expectProblem(answer, 404, 'TASK_NOT_FOUND');
    });
  });
});
