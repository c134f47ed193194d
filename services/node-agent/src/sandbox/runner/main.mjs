/**
 * The only program inside a sandbox. Plain JavaScript: stripping types would cost each start of a
 * sandbox more than all of this file's own work.
 */
import process from 'node:process';
import { openChannel } from './channel.mjs';
import { detailOf, locatedDetailOf } from './detail.mjs';
import { Executor } from './executor.mjs';
import { encodeMilestone, encodeTrouble } from './from-sandbox.mjs';
import { loadLambda } from './load-lambda.mjs';
import { kinds } from './protocol.mjs';
import { rehearse } from './rehearse.mjs';
import { decodeAbort, decodeExecute } from './to-sandbox.mjs';

/** Code for a task that waits comes at once. */
const SPARE_AFTER_MS = 20;

/** @type {Executor | undefined} */
let executor;

const channel = openChannel((kind, body) => {
  if (kind === kinds.load) void load(body);
  else if (kind === kinds.execute) void executor?.execute(decodeExecute(body));
  else if (kind === kinds.abort) executor?.abort(decodeAbort(body));
});

// An error that belongs to no task (a late rejection, a timer): the process is spent, and the
// agent ends it. It is told rather than left to find out, so that it knows why.
process.on('uncaughtException', (error) => {
  channel.send(encodeTrouble('broken', executor?.current ?? 0, detailOf(error)));
});

channel.send(encodeMilestone('started'));
const rehearsal = setTimeout(() => void rehearse(), SPARE_AFTER_MS);

/** @param {Buffer} code */
async function load(code) {
  clearTimeout(rehearsal);
  try {
    executor = new Executor(await loadLambda(code), channel);
    channel.send(encodeMilestone('ready'));
  } catch (error) {
    channel.send(encodeTrouble('loadFailed', 0, locatedDetailOf(error)));
  }
}
