import { DomainError, errorCodes } from '@greencloud/domain';
import { expect, it } from 'vitest';
import { decodeRichStatus, encodeRichStatus } from './rich-status.ts';
import { statusOfCode } from './status-of-code.ts';

it.each(errorCodes)('carries %s with its message and its fields', (code) => {
  const fields = [
    { pointer: '/name', detail: 'must be given' },
    { pointer: '/tag/0', detail: 'ü 猫 🚲' },
  ];
  const error = new DomainError(code, 'wrong – really', fields);
  expect(decodeRichStatus(encodeRichStatus(statusOfCode[code], error))).toEqual(error);
});

it('writes google.rpc.Status as others read it', () => {
  const bytes = encodeRichStatus(5, new DomainError('TASK_NOT_FOUND', 'gone'));
  // 1: code 5, 2: "gone", 3: Any { 1: type URL, 2: ErrorInfo { 1: reason, 2: domain } }
  const info = Buffer.from('\n\x0eTASK_NOT_FOUND\x12\x0agreencloud');
  const url = Buffer.from('type.googleapis.com/google.rpc.ErrorInfo');
  const any = Buffer.concat([
    Buffer.from([0x0a, url.length]),
    url,
    Buffer.from([0x12, info.length]),
    info,
  ]);
  const head = Buffer.from('\x08\x05\x12\x04gone');
  expect(bytes).toEqual(Buffer.concat([head, Buffer.from([0x1a, any.length]), any]));
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['noise', Buffer.from('not a status at all')],
  ['a cut status', encodeRichStatus(5, new DomainError('TASK_NOT_FOUND', 'gone')).subarray(0, 20)],
  [
    'another domain',
    Buffer.from(
      encodeRichStatus(5, new DomainError('TASK_NOT_FOUND', 'gone'))
        .toString('latin1')
        .replace('greencloud', 'othercloud'),
      'latin1',
    ),
  ],
])('reads %s as no status of ours', (_what, bytes) => {
  expect(decodeRichStatus(bytes)).toBeUndefined();
});
