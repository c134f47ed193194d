import { parseArgs } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readArguments, wholeNumberOf } from './read-arguments.ts';

const [node = '', program = ''] = process.argv;

function read(...args: string[]): { told: string; read: unknown } {
  let told = '';
  vi.spyOn(process, 'argv', 'get').mockReturnValue([node, program, ...args]);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (told += String(text)) !== '');
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`ends with ${code}`);
  });
  const options = { all: { type: 'boolean' } } as const;
  try {
    return {
      told,
      read: readArguments('look [--all]', (rest) => parseArgs({ args: rest, options }).values),
    };
  } catch (error) {
    return { told, read: (error as Error).message };
  }
}

describe('arguments', () => {
  afterEach(() => vi.restoreAllMocks());

  it('that are known are read', () => {
    expect(read('--all')).toEqual({ told: '', read: { all: true } });
  });

  it.each([
    ['--al', "Unknown option '--al'"],
    ['one', "Unexpected argument 'one'. This command does not take positional arguments"],
  ])('like %s are told in one line with the usage, and end it with 2', (argument, line) => {
    expect(read(argument)).toEqual({ told: `${line}\nusage: look [--all]\n`, read: 'ends with 2' });
  });

  it.each(['x', '', '0', '1.5', 'NaN'])('"%s" is no whole number of at least 1', (text) => {
    expect(() => wholeNumberOf('tasks', text, 1)).toThrow(
      `--tasks is a whole number of at least 1, not "${text}"`,
    );
  });

  it('"12" is one', () => {
    expect(wholeNumberOf('tasks', '12', 1)).toBe(12);
  });
});
