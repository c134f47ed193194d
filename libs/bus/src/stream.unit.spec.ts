import { describe, expect, it } from 'vitest';
import { assertEchoed } from './stream.ts';

const wanted = { max_age: 10, subjects: ['evt.0'] };

describe('assertEchoed', () => {
  it('accepts an answer with every field that was set, whatever else it holds', () => {
    expect(() => assertEchoed(wanted, { ...wanted, max_msgs: -1 })).not.toThrow();
  });

  it('names each field that the server dropped or changed', () => {
    expect(() => assertEchoed(wanted, { subjects: ['evt.1'] })).toThrow(/max_age, subjects/);
  });
});
