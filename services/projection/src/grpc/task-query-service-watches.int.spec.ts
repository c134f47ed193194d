import { taskStory } from '@greencloud/event-log/testing';
import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, collect, keyOf, mine, one } from '../testing/query-calls.ts';
import { publishTo } from '../testing/test-log.ts';
import { useQueryService } from '../testing/use-query-service.ts';

describe('TaskQueryService', () => {
  const query = useQueryService();

  it('watches: the history after a version, then live, to the finish', async () => {
    const { client, log, bus, watches } = query();
    const [issued, assigned, progressed, finished] = taskStory([0, 4, 2], mine);
    if (!issued || !assigned || !progressed || !finished) throw new Error('no story');
    log.log.append(one, issued, assigned);
    const seen: number[] = [];
    const watching = (async () => {
      const request = { key: keyOf(), afterVersion: 1 };
      for await (const { event } of client.serverStream('watchTask', request)) {
        seen.push(event?.version ?? 0);
      }
    })();
    await eventually(() => seen.length === 1);
    await publishTo(bus, log.log.append(one, progressed));
    await eventually(() => seen.length === 2);
    await publishTo(bus, log.log.append(one, finished));
    await watching;
    expect(seen).toEqual([2, 3, 4]);
    expect(watches.open).toBe(0);
  });

  it('fills what NATS lost before a live event from the log', async () => {
    const { client, log, bus } = query();
    const [issued, assigned, progressed, finished] = taskStory([0, 4, 2], mine);
    if (!issued || !assigned || !progressed || !finished) throw new Error('no story');
    log.log.append(one, issued);
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { event } of client.serverStream('watchTask', {
        key: keyOf(),
        afterVersion: 0,
      })) {
        seen.push(event?.version ?? 0);
      }
    })();
    await eventually(() => seen.length === 1);
    log.log.append(one, assigned, progressed);
    await publishTo(bus, log.log.append(one, finished));
    await watching;
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('ends a watch at once when the finish was seen already', async () => {
    const { client, append } = query();
    append(one, [0, 4, 2]);
    const watch = client.serverStream('watchTask', { key: keyOf(), afterVersion: 4 });
    expect(await collect(watch)).toEqual([]);
  });

  it('gives back the place of a watch that is cancelled, and refuses one too many', async () => {
    const { client, watches, append } = query();
    append(one, [0]);
    const endings: AbortController[] = [];
    const open = () => {
      const ending = new AbortController();
      endings.push(ending);
      const call = { signal: ending.signal };
      return collect(client.serverStream('watchTask', { key: keyOf(), afterVersion: 0 }, call));
    };
    const watching = Promise.allSettled([open(), open()]);
    await eventually(() => watches.open === 2);
    expect(await codeOf(open())).toBe('OVERLOADED');
    for (const ending of endings) ending.abort();
    await watching;
    await eventually(() => watches.open === 0);
  });
});
