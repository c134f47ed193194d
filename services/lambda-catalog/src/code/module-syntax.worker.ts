import { parentPort, workerData } from 'node:worker_threads';
import { judgeModule } from './module-syntax.ts';

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
parentPort?.postMessage(judgeModule(workerData as Uint8Array));
