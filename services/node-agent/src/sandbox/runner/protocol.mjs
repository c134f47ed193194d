/**
 * What agent and sandbox agree on. Both sides load these same files, so they cannot disagree.
 * Binary, because a body of 1 MiB costs milliseconds as JSON and 0.1 ms as a copy.
 */

/** The most a lambda may answer (contract 1.4). */
export const MAX_RESULT_BYTES = 1_048_576;
/** Characters of a failure's detail (ReportFinish.detail). */
export const MAX_DETAIL_LENGTH = 1_024;
export const MAX_CONTENT_TYPE_BYTES = 256;
/** Kind and body of the largest frame that a sandbox may send: a result and room for its head. */
export const MAX_SANDBOX_FRAME_BYTES = MAX_RESULT_BYTES + 4_096;
/** Code is at most 1 MiB, a payload 256 KiB. */
export const MAX_AGENT_FRAME_BYTES = 4_194_304;

export const kinds = Object.freeze({
  load: 1,
  execute: 2,
  abort: 3,
  started: 16,
  ready: 17,
  loadFailed: 18,
  answer: 19,
  failure: 20,
  broken: 21,
  progress: 22,
});
