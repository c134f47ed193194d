import { DomainError, parseCodeVersion } from '@greencloud/domain';
import {
  type CallContext,
  type GrpcService,
  type ImplementationOf,
  service,
} from '@greencloud/grpc';
import {
  type ConnectRequest,
  type ConnectResponse,
  NodeServiceService,
} from '@greencloud/proto/node/v1/node';
import type { CodeDesk } from '../catalog/code-desk.ts';
import type { Hello } from '../fleet/messages.ts';
import { tokenOf } from '../session/login.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { World } from '../world.ts';
import { bufferOf } from './buffer-of.ts';
import { nodeCallers } from './callers.ts';
import { fromNode, helloFromProto } from './from-node.ts';
import { toNode } from './to-node.ts';

export interface NodeServiceOptions {
  readonly world: World;
  readonly sessions: Sessions;
  readonly codeDesk: CodeDesk;
}

const helloWithinMs = 10_000;

/** The only door for nodes. */
export function nodeService(options: NodeServiceOptions): GrpcService {
  const { world, sessions, codeDesk } = options;
  const handlers: ImplementationOf<NodeServiceService> = {
    async *connect(requests, call): AsyncGenerator<ConnectResponse> {
      const token = tokenOfCall(call);
      const inbound = requests[Symbol.asyncIterator]();
      const hello = await firstHello(inbound, world);
      const session = await sessions.open(hello, token);
      const reading = readAll(inbound, session, options, call);
      try {
        for await (const message of session.messages(call.signal)) yield toNode(message);
      } finally {
        // Also when the stream broke while the session was being opened and nobody read it.
        if (call.signal.aborted) sessions.broke(session, call.signal.reason);
      }
      await reading;
    },
    async getCode({ codeVersion }, call) {
      const code = await codeDesk.get(tokenOfCall(call), parseCodeVersion(codeVersion));
      return { code: bufferOf(code) };
    },
  };
  return service(NodeServiceService, handlers, nodeCallers);
}

function tokenOfCall({ metadata }: CallContext): string {
  return tokenOf(metadata.get('authorization')[0]?.toString());
}

async function firstHello(inbound: AsyncIterator<ConnectRequest>, world: World): Promise<Hello> {
  const late = Promise.withResolvers<never>();
  const cancel = world.after(helloWithinMs, () => {
    late.reject(new DomainError('DEADLINE_EXCEEDED', 'No Hello came'));
  });
  const first = await Promise.race([inbound.next(), late.promise]).finally(cancel);
  const message = first.done === true ? undefined : first.value.message;
  if (message?.$case !== 'hello') {
    throw new DomainError('VALIDATION_FAILED', 'The first message must be Hello');
  }
  return helloFromProto(message.value);
}

/** Never rejects: how a stream ends is told to the sessions. */
async function readAll(
  inbound: AsyncIterator<ConnectRequest>,
  session: Session,
  { world, sessions }: NodeServiceOptions,
  call: CallContext,
): Promise<void> {
  try {
    for (let next = await inbound.next(); next.done !== true; next = await inbound.next()) {
      const message = fromNode(next.value);
      if (message !== undefined) await session.receive(message);
    }
    if ((await howEnded(call, world)) === 'cut') sessions.broke(session, call.signal.reason);
    else await sessions.left(session);
  } catch (error) {
    sessions.broke(session, error);
  }
}

// A cancelled or cut stream first looks like one that the node has ended; the truth comes with the
// close of the HTTP/2 stream, in the same turn of the event loop or the next.
const truthAfterMs = 50;

function howEnded(call: CallContext, world: World): Promise<'ended' | 'cut'> {
  const { signal } = call;
  return new Promise((resolve) => {
    const decide = () => {
      cancel();
      signal.removeEventListener('abort', decide);
      resolve(signal.aborted ? 'cut' : 'ended');
    };
    const cancel = world.after(truthAfterMs, decide);
    signal.addEventListener('abort', decide, { once: true });
    if (signal.aborted) decide();
  });
}
