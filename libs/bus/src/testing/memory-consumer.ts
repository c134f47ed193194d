import { ConsumerEvents, type ConsumerMessages, type JsMsg } from 'nats';
import type { MemoryNats } from './memory-nats.ts';
import { type NatsLine, requestOver } from './nats-line.ts';

export interface ConsumerPlace {
  readonly nats: MemoryNats;
  readonly line: NatsLine;
  readonly stream: string;
  readonly name: string;
}

const heartbeatMs = 2_500;

/** Pulls from a consumer and says what the real client would of its end. */
export function consume(
  place: ConsumerPlace,
  callback: (message: JsMsg) => void,
): ConsumerMessages {
  const { nats, line, stream, name } = place;
  const events = createEvents();
  const closed = Promise.withResolvers<void>();
  let state: 'open' | 'closed' = 'open';
  const pull = async () => {
    const outcome = await requestOver(line, 'pull', () =>
      nats.streams.get(stream)?.pull(
        name,
        ({ deliverySequence, data }) =>
          line.push('delivery', () => {
            const message = { data, info: { deliverySequence } };
            if (state === 'open') callback(message as unknown as JsMsg);
          }),
        () => line.push('consumer gone', () => events.say(ConsumerEvents.ConsumerDeleted)),
      ),
    );
    if (outcome !== 'ok') events.say(ConsumerEvents.ConsumerNotFound);
  };
  const cancel = listenToHeart(place, events.say);
  pull().catch(() => events.say(ConsumerEvents.HeartbeatsMissed));
  const messages = {
    closed: () => closed.promise,
    status: async () => events.all,
    close: async () => {
      state = 'closed';
      cancel();
      closed.resolve();
    },
  };
  return messages as unknown as ConsumerMessages;
}

/** Silence is noticed after two heartbeats that did not come. */
function listenToHeart(
  { nats, line, stream, name }: ConsumerPlace,
  say: (type: string) => void,
): () => void {
  let cancel = () => {};
  const beat = () => {
    let heard: 'no' | 'yes' = 'no';
    void line
      .request('heartbeat', () => nats.streams.get(stream)?.consumers.has(name) ?? false)
      .then((isThere) => {
        heard = 'yes';
        if (!isThere) say(ConsumerEvents.ConsumerNotFound);
      });
    cancel = line.after(2 * heartbeatMs, () => {
      if (heard === 'no') say(ConsumerEvents.HeartbeatsMissed);
      beat();
    });
  };
  beat();
  return () => cancel();
}

function createEvents() {
  const waiting: string[] = [];
  let wake: (() => void) | undefined;
  async function* read(): AsyncGenerator<{ type: string }> {
    for (;;) {
      const type = waiting.shift();
      if (type === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else yield { type };
    }
  }
  return {
    all: read(),
    say: (type: string) => {
      waiting.push(type);
      wake?.();
    },
  };
}
