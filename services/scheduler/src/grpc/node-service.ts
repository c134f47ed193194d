import { DomainError, parseCodeVersion } from '@greencloud/domain';
import { type CallContext, type GrpcService, service } from '@greencloud/grpc';
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
import { fromNode, helloFromProto } from './from-node.ts';
import { toNode } from './to-node.ts';

export interface NodeServiceOptions {
  readonly world: World;
  readonly sessions: Sessions;
  readonly codeDesk: CodeDesk;
}

const helloWithinMs = 10_000;

/** The only door for nodes. */
export function nodeService({ world, sessions, codeDesk }: NodeServiceOptions): GrpcService {
  return service(NodeServiceService, {
    async *connect(requests, call): AsyncGenerator<ConnectResponse> {
      const token = tokenOfCall(call);
      const inbound = requests[Symbol.asyncIterator]();
      const hello = await firstHello(inbound, world);
      const session = await sessions.open(hello, token);
      const reading = readAll(inbound, session, sessions, call);
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
  });
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
  sessions: Sessions,
  call: CallContext,
): Promise<void> {
  try {
    for (let next = await inbound.next(); next.done !== true; next = await inbound.next()) {
      const message = fromNode(next.value);
      if (message !== undefined) await session.receive(message);
    }
    if (call.signal.aborted) sessions.broke(session, call.signal.reason);
    else await sessions.left(session);
  } catch (error) {
    sessions.broke(session, error);
  }
}
