import { DomainError } from '@greencloud/domain';
import { createLogger } from '@greencloud/runtime';
import { expect, it } from 'vitest';
import { answerEach } from './item-answer.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

async function answerTo(error: unknown) {
  const fail = async () => {
    throw error;
  };
  const [answer] = await answerEach([1], fail, logger);
  return answer;
}

it('says UNAVAILABLE for an item whose stream could not be read because Postgres is away', async () => {
  const refused = Object.assign(new Error('connect ECONNRESET'), { code: 'ECONNRESET' });
  expect(await answerTo(refused)).toEqual({
    kind: 'error',
    error: { code: 'UNAVAILABLE', message: 'The log does not answer' },
  });
});

it('says INTERNAL for a fault of ours, without its words', async () => {
  expect(await answerTo(new TypeError('x is undefined'))).toEqual({
    kind: 'error',
    error: { code: 'INTERNAL', message: 'The command could not be carried out' },
  });
});

it('says what the domain says', async () => {
  expect(await answerTo(new DomainError('TASK_NOT_FOUND', 'no such task'))).toMatchObject({
    error: { code: 'TASK_NOT_FOUND', message: 'no such task' },
  });
});
