import { parseTaskId } from '@greencloud/domain';
import { describe, expect, it, vi } from 'vitest';
import type { Finish, ReportBody } from '../attempts/messages.ts';
import { ReportOutbox } from './report-outbox.ts';

const key = (task: number, attempt = 1) => ({
  taskId: parseTaskId(task.toString(16).padStart(24, '0')),
  attempt,
});
const accepted: ReportBody = { kind: 'accepted' };
const progress = (percent: number): ReportBody => ({ kind: 'progress', percent });
const finish = (bytes = 0): Finish => ({
  kind: 'finish',
  outcome: 'succeeded',
  status: 200,
  detail: '',
  result: { contentType: 'text/plain', body: Buffer.alloc(bytes) },
});

function shown(outbox: ReportOutbox): string[] {
  return outbox.take().map(({ sequence, taskId, body }) => {
    const percent = body.kind === 'progress' ? body.percent : '';
    return `${sequence} ${taskId.slice(-1)} ${body.kind}${percent}`;
  });
}

describe('the outbox of reports', () => {
  it('gives all that waits in one message, numbered in order', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1), accepted);
    outbox.add(key(2), accepted);
    outbox.add(key(1), progress(0));
    outbox.add(key(1), finish());
    expect(shown(outbox)).toEqual(['1 1 accepted', '2 2 accepted', '3 1 progress0', '4 1 finish']);
    expect(shown(outbox)).toEqual([]);
  });

  it('forgets what is acknowledged and nothing else', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1), accepted);
    outbox.add(key(1), finish());
    shown(outbox);
    outbox.acknowledge(1n);
    expect([outbox.size, outbox.ended()]).toEqual([1, [key(1)]]);
    outbox.acknowledge(2n);
    expect([outbox.size, outbox.bytes, outbox.ended()]).toEqual([0, 0, []]);
  });

  it('does not take an ack for what it has not sent', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1), accepted);
    outbox.acknowledge(99n);
    expect(shown(outbox)).toEqual(['1 1 accepted']);
  });

  it('sends everything unacknowledged again in a new session, from sequence 1', () => {
    const outbox = new ReportOutbox(() => undefined);
    for (const task of [1, 2, 3]) outbox.add(key(task), accepted);
    shown(outbox);
    outbox.acknowledge(1n);
    outbox.restart();
    expect(shown(outbox)).toEqual(['1 2 accepted', '2 3 accepted']);
  });

  it('keeps one progress of an attempt on its way, and the last of those that follow', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1), progress(0));
    expect(shown(outbox)).toEqual(['1 1 progress0']);
    for (const percent of [10, 20, 30]) outbox.add(key(1), progress(percent));
    expect(shown(outbox)).toEqual([]);
    outbox.acknowledge(1n);
    expect(shown(outbox)).toEqual(['2 1 progress30']);
  });

  it('replaces a progress that is not sent yet, but never that the attempt began', () => {
    const outbox = new ReportOutbox(() => undefined);
    for (const percent of [0, 10, 20]) outbox.add(key(1), progress(percent));
    expect(shown(outbox)).toEqual(['1 1 progress0', '2 1 progress20']);
    outbox.add(key(1), progress(30));
    outbox.acknowledge(1n);
    expect(shown(outbox)).toEqual([]);
    outbox.acknowledge(2n);
    expect(shown(outbox)).toEqual(['3 1 progress30']);
  });

  it('sends no progress after the end', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1), progress(0));
    shown(outbox);
    outbox.add(key(1), progress(50));
    outbox.add(key(1), finish());
    outbox.acknowledge(1n);
    expect(shown(outbox)).toEqual(['2 1 finish']);
  });

  it('drops one attempt, sent or not, and keeps the numbers of the others', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1), accepted);
    outbox.add(key(2), accepted);
    shown(outbox);
    outbox.add(key(1), finish());
    outbox.add(key(2), finish());
    outbox.drop(key(1));
    expect(outbox.hasEnded(key(1))).toBe(false);
    expect(shown(outbox)).toEqual(['3 2 finish']);
    outbox.acknowledge(3n);
    expect([outbox.size, outbox.bytes]).toEqual([0, 0]);
  });

  it('drops only the attempt that is named', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1, 2), finish());
    outbox.drop(key(1, 1));
    expect(outbox.hasEnded(key(1, 2))).toBe(true);
  });

  it('keeps what exceeds a window of bytes until the scheduler has dealt with the first', () => {
    const onReport = vi.fn();
    const outbox = new ReportOutbox(onReport);
    for (const task of [1, 2, 3, 4]) outbox.add(key(task), finish(1_000_000));
    expect([shown(outbox).length, shown(outbox).length]).toEqual([2, 0]);
    onReport.mockClear();
    outbox.acknowledge(1n);
    expect(onReport).toHaveBeenCalledOnce();
    expect(shown(outbox)).toEqual(['3 3 finish']);
    outbox.acknowledge(3n);
    expect(shown(outbox)).toEqual(['4 4 finish']);
  });

  it('keeps what exceeds a window of a thousand reports', () => {
    const outbox = new ReportOutbox(() => undefined);
    for (let task = 0; task < 1_500; task++) outbox.add(key(task), accepted);
    expect([shown(outbox).length, shown(outbox).length]).toEqual([1_000, 0]);
    outbox.acknowledge(600n);
    expect([shown(outbox).length, shown(outbox).length]).toEqual([500, 0]);
  });

  it('sends a result of any size when nothing else is on its way', () => {
    const outbox = new ReportOutbox(() => undefined);
    outbox.add(key(1), finish(1_048_576));
    outbox.add(key(2), accepted);
    expect(shown(outbox)).toEqual(['1 1 finish']);
    outbox.acknowledge(1n);
    expect(shown(outbox)).toEqual(['2 2 accepted']);
  });

  it('has its whole window again in a new session, and when what filled it is dropped', () => {
    const onReport = vi.fn();
    const outbox = new ReportOutbox(onReport);
    for (const task of [1, 2, 3]) outbox.add(key(task), finish(1_000_000));
    expect(shown(outbox).length).toBe(2);
    onReport.mockClear();
    outbox.drop(key(1));
    expect(onReport).toHaveBeenCalledOnce();
    expect(shown(outbox).length).toBe(1);
    outbox.restart();
    expect(shown(outbox).length).toBe(2);
  });

  it('says nothing at an acknowledgement when nothing waits for the window', () => {
    const onReport = vi.fn();
    const outbox = new ReportOutbox(onReport);
    outbox.add(key(1), accepted);
    shown(outbox);
    onReport.mockClear();
    outbox.acknowledge(1n);
    expect(onReport).not.toHaveBeenCalled();
  });

  it('tells when there is something to send', () => {
    const onReport = vi.fn();
    const outbox = new ReportOutbox(onReport);
    outbox.restart();
    expect(onReport).not.toHaveBeenCalled();
    outbox.add(key(1), accepted);
    expect(onReport).toHaveBeenCalledOnce();
  });
});
