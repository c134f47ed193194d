/** One call for each `size` items, one after the other; the answers in one list, in order. */
export async function inPieces<I, O>(
  items: readonly I[],
  size: number,
  call: (piece: readonly I[]) => Promise<readonly O[]>,
): Promise<O[]> {
  const answers: O[] = [];
  for (let start = 0; start < items.length; start += size) {
    answers.push(...(await call(items.slice(start, start + size))));
  }
  return answers;
}
