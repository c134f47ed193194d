import { createLogger } from '@greencloud/runtime';
import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { connect } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bus, connectBus } from '../bus.ts';
import { busPermissions, type BusUser } from './permissions.ts';
import { answerOf, may, publishing, subscribing } from './raw-nats-fixture.ts';
import { after, eventsFrom, listen } from '../testing/bus-fixture.ts';

const PARTITIONS = 2;
const logger = createLogger({ service: 'test', level: 'silent' });
const users = Object.entries(busPermissions(PARTITIONS)).map(([name, permissions]) => ({
  name: name as BusUser,
  password: `password of ${name}`,
  ...permissions,
}));

let nats: TestNats;
beforeAll(async () => {
  nats = await withNats({ users });
});
afterAll(() => nats.close());

function loginOf(user: BusUser): { user: string; pass: string } {
  return { user, pass: `password of ${user}` };
}

function urlOf(user: BusUser): string {
  return nats.url.replace('//', `//${user}:${encodeURIComponent(loginOf(user).pass)}@`);
}

const all = [1, 2, 3];
const event = 'evt.0';
const relay: readonly BusUser[] = ['task-command'];
const followers: readonly BusUser[] = ['projection', 'scheduler', 'operator'];
const nobody: readonly BusUser[] = [];

/** Each subject with all who may use it. */
const publishers: [string, readonly BusUser[]][] = [
  [event, relay],
  [`evt.${PARTITIONS}`, nobody],
  ['evt.0.x', nobody],
  ['evt', nobody],
  ['wake.0', relay],
  ['wake.0.x', nobody],
  ['other', nobody],
  ['$SYS.REQ.SERVER.PING', nobody],
  ['_INBOX_task-command.x', nobody],
  ['$JS.API.INFO', ['operator']],
  ['$JS.API.STREAM.LIST', ['operator']],
  ['$JS.API.STREAM.CREATE.EVT_0', relay],
  ['$JS.API.STREAM.CREATE.OTHER', nobody],
  ['$JS.API.STREAM.UPDATE.EVT_0', relay],
  ['$JS.API.STREAM.DELETE.EVT_0', relay],
  ['$JS.API.STREAM.DELETE.OTHER', nobody],
  ['$JS.API.STREAM.PURGE.EVT_0', nobody],
  ['$JS.API.STREAM.MSG.DELETE.EVT_0', nobody],
  ['$JS.API.STREAM.SNAPSHOT.EVT_0', nobody],
  ['$JS.API.STREAM.INFO.EVT_0', ['task-command', 'operator']],
  ['$JS.API.STREAM.MSG.GET.EVT_0', ['task-command', 'operator']],
  ['$JS.API.STREAM.MSG.GET.OTHER', nobody],
  ['$JS.API.CONSUMER.CREATE.EVT_0', followers],
  ['$JS.API.CONSUMER.CREATE.EVT_0.c', followers],
  ['$JS.API.CONSUMER.CREATE.OTHER.c', nobody],
  ['$JS.API.CONSUMER.DURABLE.CREATE.EVT_0.c', nobody],
  ['$JS.API.CONSUMER.INFO.EVT_0.c', followers],
  ['$JS.API.CONSUMER.MSG.NEXT.EVT_0.c', followers],
  ['$JS.API.CONSUMER.DELETE.EVT_0.c', followers],
];

const subscribers: [string, readonly BusUser[]][] = [
  ['evt.0', ['projection', 'operator']],
  ['evt.>', nobody],
  ['>', nobody],
  ['wake.*', ['task-command', 'operator']],
  ['other', nobody],
  ['$JS.API.>', nobody],
  ['$SYS.>', nobody],
  ['_INBOX.>', ['operator']],
  ['_INBOX_task-command.>', relay],
  ['_INBOX_projection.>', ['projection']],
  ['_INBOX_scheduler.>', ['scheduler']],
  ['_INBOX_operator.>', ['operator']],
];

describe.each(users.map(({ name }) => name))('%s', (user) => {
  const verdict = (allowed: readonly BusUser[]) => (allowed.includes(user) ? 'yes' : 'no');

  it.each(publishers)('may publish %s as the table says', async (subject, allowed) => {
    expect(await may(nats.url, loginOf(user), publishing(subject))).toBe(verdict(allowed));
  });

  it.each(subscribers)('may subscribe %s as the table says', async (subject, allowed) => {
    expect(await may(nats.url, loginOf(user), subscribing(subject))).toBe(verdict(allowed));
  });
});

it.each([
  ['no login', {}],
  ['an unknown user', { user: 'edge', pass: 'x' }],
  ['the password of another', { user: 'task-command', pass: 'password of projection' }],
])('lets nobody in with %s', async (_what, login) => {
  expect(await answerOf(nats.url, login, publishing(event))).toContain('Authorization Violation');
});

const opened: Bus[] = [];
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close();
});

async function open(user: BusUser): Promise<Bus> {
  const stream = { maxBytes: 16 * 1024 * 1024 };
  const bus = await connectBus({ servers: urlOf(user), name: user, logger, stream });
  opened.push(bus);
  return bus;
}

it('everybody can do their work within these permissions', async () => {
  const log = await open('task-command');
  const consumers = [await open('projection'), await open('scheduler')];
  await log.ensureStream(1);
  // Again: this time it is brought to its configuration.
  await log.ensureStream(1);
  const heard = consumers.map((bus) => listen(bus, 1));
  await eventually(() => heard.every(({ breaks }) => breaks.includes('subscribed')));
  const watched = listen(await open('projection'), 1, 'watch');
  await eventually(() => expect(watched.breaks).toEqual(['subscribed']));
  const woken: unknown[] = [];
  log.onWake((target) => woken.push(target));

  const previous = await log.lastPublished(1);
  const published = await log.publish(eventsFrom(1, 3), { partition: 1, previous });
  log.wake(1);

  expect(published).toMatchObject({ kind: 'published', upTo: 3n });
  await eventually(() => expect(heard.map((one) => one.positions)).toEqual([all, all]));
  await eventually(() => expect(watched.positions).toEqual(all));
  await eventually(() => expect(woken).toEqual([1]));
  await Promise.all([...heard, watched].map((one) => one.stop()));
  expect(heard.flatMap(({ breaks }) => breaks)).toEqual(['subscribed', 'subscribed']);
  expect(await readByTool('EVT_1')).toEqual(['1 2 3 ']);
});

it('a follower cannot publish an event, and learns nothing of what others ask', async () => {
  const log = await open('task-command');
  const follower = await open('scheduler');
  await log.ensureStream(0);
  const before = await log.lastPublished(0);
  const attempt = await follower.publish(eventsFrom(1, 1), { partition: 0, previous: before });
  expect(attempt.kind).not.toBe('published');
  expect(await log.lastPublished(0)).toEqual(before);
});

it('what a request makes the server say among the events, no follower takes for one', async () => {
  const log = await open('task-command');
  const heard = listen(await open('projection'), 0);
  await log.ensureStream(0);
  await eventually(() => heard.breaks.includes('subscribed'));
  const previous = await log.lastPublished(0);
  await log.publish(eventsFrom(1, 1), { partition: 0, previous });

  // nats-server 2.9 checks the subject of a request, not where it wants the answer.
  const request = 'PUB $JS.API.CONSUMER.INFO.EVT_0.none evt.0 0\r\n';
  expect(await may(nats.url, loginOf('scheduler'), request)).toBe('yes');

  await eventually(async () => expect((await log.lastPublished(0)).kind).toBe('empty'));
  const behind = { partition: 0, previous: after(1n, 1) };
  expect(await log.publish(eventsFrom(2, 2), behind)).toMatchObject({ reason: 'wrong_last' });
  const end = await log.lastPublished(0);
  await log.publish(eventsFrom(2, 2), { partition: 0, previous: end });
  // Not a number: the follower of the log cannot decode it either, and reads the log.
  await eventually(() => expect(heard.positions.at(-1)).toBe(2));
  expect(heard.positions.some(Number.isNaN)).toBe(true);
  expect(heard.positions.filter(Number.isInteger)).toEqual([1, 2]);
  await heard.stop();
});

/** As anybody's tool reads: nothing of ours, the library's own defaults. */
async function readByTool(stream: string): Promise<string[]> {
  const tool = await connect({ servers: nats.url, ...loginOf('operator') });
  try {
    const consumer = await tool.jetstream().consumers.get(stream);
    const messages = await consumer.fetch({ max_messages: 1, expires: 1_000 });
    const texts: string[] = [];
    for await (const message of messages) texts.push(message.string());
    return texts;
  } finally {
    await tool.close();
  }
}
