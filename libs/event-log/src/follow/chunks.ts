/** Splits without copying when nothing is to be split. */
export function* chunks<T>(items: T[], size: number): Generator<T[]> {
  if (items.length <= size) {
    if (items.length > 0) yield items;
    return;
  }
  for (let start = 0; start < items.length; start += size) {
    yield items.slice(start, start + size);
  }
}
