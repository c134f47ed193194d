// Parses a CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes) and summarises its numeric columns.

function* cells(text) {
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[i++];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      yield { cell, ends: c === '\n' };
      cell = '';
    } else if (c !== '\r') cell += c;
  }
  if (cell !== '') yield { cell, ends: true };
}

function parse(text) {
  const rows = [];
  let row = [];
  for (const { cell, ends } of cells(text)) {
    row.push(cell);
    if (!ends) continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function summarise(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const sum = numbers.reduce((total, n) => total + n, 0);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return {
    count: numbers.length,
    sum,
    min: sorted[0],
    max: sorted.at(-1),
    mean: sum / numbers.length,
    median,
  };
}

export default async (request, context) => {
  const [header, ...rows] = parse(await request.text());
  context.progress(50);
  const columns = {};
  for (const [index, name] of header.entries()) {
    const values = rows.map((row) => row[index]);
    if (values.every((value) => value !== '' && Number.isFinite(Number(value)))) {
      columns[name] = summarise(values.map(Number));
    }
  }
  return { rows: rows.length, columns };
};
