/** The log and the nodes, in a thread of their own: their garbage is not the scheduler's. */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { TaskId, TenantId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { tenantId } from '../../placement/placement-fixtures.ts';
import { taskId } from '../../queue/queue-fixtures.ts';
import type { ToOthers, ToScheduler } from './letters.ts';
import { QuickNode } from './quick-node.ts';
import { WrittenLog } from './written-log.ts';

interface OthersData {
  readonly port: MessagePort;
  readonly nodes: number;
  readonly tenants: number;
}

const { port, nodes: nodeCount, tenants } = workerData as OthersData;
/** As many events as the follower applies at once, and as many streams as the log answers at once. */
const mostInOne = 500;

const log = new WrittenLog();
const nodes = Array.from({ length: nodeCount }, () => new QuickNode());
const opened = Promise.withResolvers<void>();
let written = 0;

function send(letter: ToScheduler): void {
  port.postMessage(letter);
}

async function hear(letter: ToOthers): Promise<void> {
  switch (letter.kind) {
    case 'assign': {
      // Until it is opened no binding is answered, so that tasks wait.
      await opened.promise;
      const { answers, events } = log.assign(letter.commands);
      send({ kind: 'assigned', call: letter.call, answers });
      return send({ kind: 'events', events });
    }
    case 'report': {
      const { answers, events } = log.report(letter.commands);
      send({ kind: 'reported', call: letter.call, answers });
      return send({ kind: 'events', events });
    }
    case 'told': {
      const message = nodes[letter.node]?.hear(letter.message);
      if (message !== undefined) send({ kind: 'from-node', node: letter.node, message });
      return;
    }
    case 'write':
      return write(letter);
    case 'open':
      return opened.resolve();
    case 'beat':
      return beat(letter);
    default:
      return letter satisfies never;
  }
}

function write({ as, tasks }: Extract<ToOthers, { kind: 'write' }>): void {
  for (let left = tasks; left > 0; left -= mostInOne) {
    const events = Array.from({ length: Math.min(mostInOne, left) }, issueOne);
    if (as === 'events') send({ kind: 'events', events });
    else send({ kind: 'streams', streams: events.map((event) => [event]) });
  }
}

function issueOne(): RecordedEvent {
  written += 1;
  return log.issue(...taskOf(written));
}

function taskOf(number: number): [TaskId, TenantId] {
  return [taskId(number), tenantId(`tenant-${number % tenants}`)];
}

/** Every node beats each `everyMs`, spread evenly. */
function beat({ everyMs }: Extract<ToOthers, { kind: 'beat' }>): void {
  let next = 0;
  let last = performance.now();
  let owed = 0;
  setInterval(() => {
    const now = performance.now();
    owed += (nodes.length * (now - last)) / everyMs;
    last = now;
    for (; owed >= 1; owed--) {
      const node = next++ % nodes.length;
      const message = nodes[node]?.beat();
      if (message !== undefined) send({ kind: 'from-node', node, message });
    }
  }, 2).unref();
}

port.on('message', (letter: ToOthers) => void hear(letter));
