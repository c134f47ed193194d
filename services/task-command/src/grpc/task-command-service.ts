import { partitionOf, type TaskId } from '@greencloud/domain';
import {
  type CallContext,
  type GrpcService,
  type ImplementationOf,
  service,
} from '@greencloud/grpc';
import { type IssueTask, TaskCommandServiceService } from '@greencloud/proto/task/v1/task_command';
import type { Logger } from '@greencloud/runtime';
import type { AppendAnswer, AppendRequest } from '../append/append-request.ts';
import type { Appender } from '../append/appender.ts';
import type { RecentContent } from '../append/recent-content.ts';
import { readPayloads, type StoredContent } from '../log/read-payloads.ts';
import type { Db } from '../postgres/database.ts';
import { assignRequest, assignResult, boundWithPayload } from './assign-task.ts';
import { commandCallers } from './callers.ts';
import { appendResult, cancelRequest } from './cancel-task.ts';
import { issueRequest, issueResult } from './issue-task.ts';
import { answerEach, atMost, type ItemAnswer } from './item-answer.ts';
import { createReplay } from './replay-task.ts';
import { reportRequest } from './report-task.ts';

export interface TaskCommandOptions {
  readonly appender: Appender;
  readonly recent: RecentContent;
  /** For the payloads of tasks that are bound, and for what keys have issued. */
  readonly readers: Db;
  readonly partitions: number;
  readonly logger: Logger;
}

const maxItems = 1_000;
// Each answer may carry a payload of 256 KiB, and all of them must fit into a message of 64 MiB.
const maxAssignments = 240;

export function taskCommandService(options: TaskCommandOptions): GrpcService {
  const { logger } = options;
  const replay = createReplay(options.readers);
  const each = async <Item>(
    items: readonly Item[],
    requestOf: (item: Item, deadline: number) => AppendRequest,
    call: CallContext,
  ): Promise<ItemAnswer<AppendAnswer>[]> => {
    const submit = (item: Item) => options.appender.submit(requestOf(item, call.deadline));
    // Not awaited one by one: what is submitted in the same tick shares a commit.
    return await answerEach(items, async (item) => await submit(item), logger);
  };
  const handlers: ImplementationOf<TaskCommandServiceService> = {
    async issueTasks({ tasks }, call) {
      const submit = async (item: IssueTask) =>
        item.replayOnly === true
          ? await replay(item)
          : await options.appender.submit(issueRequest(item, call.deadline));
      const answers = await answerEach(atMost(tasks, maxItems), submit, logger);
      return { results: answers.map(issueResult) };
    },
    async cancelTasks({ tasks }, call) {
      const answers = await each(atMost(tasks, maxItems), cancelRequest, call);
      return { results: answers.map(appendResult) };
    },
    async assignTasks({ tasks }, call) {
      const answers = await each(atMost(tasks, maxAssignments), assignRequest, call);
      const payloads = await payloadsOf(boundWithPayload(answers), options);
      return { results: answers.map((answer) => assignResult(answer, payloads)) };
    },
    async reportTasks({ reports }, call) {
      const answers = await each(atMost(reports, maxItems), reportRequest, call);
      return { results: answers.map(appendResult) };
    },
  };
  return service(TaskCommandServiceService, handlers, commandCallers);
}

/** Fails the whole call when it fails: sent again with the same command ids, it answers everything. */
async function payloadsOf(
  taskIds: readonly TaskId[],
  { readers, partitions, recent }: TaskCommandOptions,
): Promise<Map<TaskId, StoredContent>> {
  const found = new Map<TaskId, StoredContent>();
  const missing: TaskId[] = [];
  for (const taskId of taskIds) {
    const content = recent.payload(taskId);
    if (content === undefined) missing.push(taskId);
    else found.set(taskId, content);
  }
  const keys = missing.map((taskId) => ({ taskId, partition: partitionOf(taskId, partitions) }));
  for (const [taskId, content] of await readPayloads(readers, keys)) found.set(taskId, content);
  return found;
}
