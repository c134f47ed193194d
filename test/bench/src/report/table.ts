export type Column = { readonly title: string; readonly align: 'left' | 'right' };

/** A column of words. */
export const words = (title: string): Column => ({ title, align: 'left' });

/** A column of figures. */
export const numbers = (title: string): Column => ({ title, align: 'right' });

/** Rows of text under their headers, for a terminal. A missing cell is empty. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const headers = columns.map(({ title }) => title);
  const lines = [headers, ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((cells) => (cells[index] ?? '').length)),
  );
  const format = (cells: readonly string[]) => {
    const padded = columns.map(({ align }, index) =>
      pad(cells[index] ?? '', widths[index] ?? 0, align),
    );
    return padded.join('  ').trimEnd();
  };
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [format(headers), rule, ...rows.map(format)].join('\n');
}

function pad(text: string, width: number, align: Column['align']): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

/** `12,345` for counts, `12.3` with one decimal; a dash for what was not measured. */
export function formatNumber(value: number | undefined, decimals: number): string {
  if (value === undefined) return '-';
  return value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}
