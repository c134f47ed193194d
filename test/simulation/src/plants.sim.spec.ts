import { afterAll, describe, expect, it } from 'vitest';
import { plants } from './plants/plants.ts';
import { type Catch, describeCatch, hunt } from './run/hunt.ts';

// Every one was found within 60 when this was written.
const most = 300;

describe('a fault that somebody might program is found', { timeout: 300_000 }, () => {
  const catches: Catch[] = [];
  afterAll(() => console.log(catches.map(describeCatch).join('\n')));

  it.each(plants)('$name', async (plant) => {
    const caught = await hunt({ plant, most });
    catches.push(caught);
    expect(caught.found, `not within ${most} seeds`).toBeDefined();
    expect(plant.breaks).toContain(caught.found?.violations[0]?.invariant);
  });
});
