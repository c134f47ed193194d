export { type Client, type ClientOptions, createClient } from './create-client.ts';
export { type Answered, dataOf, type Problem, ProblemError } from './problem-error.ts';
export { type ResultOptions, taskResult, type TaskResult } from './task-result.ts';
export { type TaskEvent, watchTask, type WatchOptions } from './watch-task.ts';
export type { components, paths } from './gen/api.ts';
