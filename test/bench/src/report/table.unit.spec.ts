import { describe, expect, it } from 'vitest';
import { formatNumber, formatTable, numbers, words } from './table.ts';

describe('a table', () => {
  const columns = [words('system'), numbers('per second'), words('note')];

  it('puts words to the left, figures to the right, and each column as wide as its widest', () => {
    const rows = [
      ['ours', '12,345', 'all on'],
      ['a longer name', '7', ''],
    ];
    expect(formatTable(columns, rows).split('\n')).toEqual([
      'system         per second  note',
      '-------------  ----------  ------',
      'ours               12,345  all on',
      'a longer name           7',
    ]);
  });

  it('takes a missing cell for an empty one', () => {
    expect(
      formatTable(columns, [['ours']])
        .split('\n')
        .at(-1),
    ).toBe('ours');
  });
});

describe('a number', () => {
  it('has its thousands apart and as many decimals as asked for', () => {
    expect(formatNumber(12_345.678, 0)).toBe('12,346');
    expect(formatNumber(4, 1)).toBe('4.0');
  });

  it('that was not measured is a dash, and not a zero', () => {
    expect(formatNumber(undefined, 1)).toBe('-');
  });
});
