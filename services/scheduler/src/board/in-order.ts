/**
 * Everything in some sorted lists, in order, equals in the order of the lists. One at a time, so that
 * whoever takes them can pause: one sort of 100,000 tasks would take 50 ms.
 */
export function* inOrder<T>(
  lists: readonly (readonly T[])[],
  isBefore: (a: T, b: T) => boolean,
): Generator<T> {
  const middle = lists.length >> 1;
  if (middle === 0) yield* lists[0] ?? [];
  else {
    const left = inOrder(lists.slice(0, middle), isBefore);
    const right = inOrder(lists.slice(middle), isBefore);
    yield* merged(left, right, isBefore);
  }
}

function* merged<T>(
  left: Generator<T>,
  right: Generator<T>,
  isBefore: (a: T, b: T) => boolean,
): Generator<T> {
  let [a, b] = [left.next(), right.next()];
  while (a.done !== true && b.done !== true) {
    if (isBefore(b.value, a.value)) {
      yield b.value;
      b = right.next();
    } else {
      yield a.value;
      a = left.next();
    }
  }
  if (a.done !== true) yield a.value;
  yield* left;
  if (b.done !== true) yield b.value;
  yield* right;
}
