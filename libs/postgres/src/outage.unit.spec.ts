import { DomainError } from '@greencloud/domain';
import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { unavailableWhenAway } from './outage.ts';
import { isConnectionLoss } from './sql-state.ts';

function refusal(code: string, severity = 'ERROR'): DatabaseError {
  return Object.assign(new DatabaseError('refused', 7, 'error'), { code, severity });
}

const mapped = unavailableWhenAway('The log does not answer');

describe('unavailableWhenAway', () => {
  it.each([
    ['an administrator ends the session', refusal('57P01', 'FATAL')],
    ['too many connections', refusal('53300', 'FATAL')],
    ['a statement time-out', refusal('57014')],
    ['a lock time-out', refusal('55P03')],
    ['a deadlock', refusal('40P01')],
    ['a standby that was the primary', refusal('25006')],
    ['a refused socket', Object.assign(new Error('connect'), { syscall: 'connect' })],
    ['a time-out of the driver', new Error('Query read timeout')],
    ['a host whose addresses all refuse', new AggregateError([new Error('connect')])],
  ])('says UNAVAILABLE for %s', (_what, error) => {
    expect(mapped(error)).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The log does not answer',
      cause: error,
    });
  });

  it.each([
    ['a broken constraint', refusal('23505')],
    ['a missing table', refusal('42P01')],
    ['a fault of ours', new TypeError('x is undefined')],
    ['an error of the domain', new DomainError('TASK_NOT_FOUND', 'no such task')],
  ])('leaves %s as it is', (_what, error) => {
    expect(mapped(error)).toBe(error);
  });
});

it('a refused statement leaves the connection usable', () => {
  expect(isConnectionLoss(refusal('57014'))).toBe(false);
  expect(isConnectionLoss(refusal('57P01'))).toBe(true);
});
