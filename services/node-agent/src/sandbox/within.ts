/** The result itself; `onLimit` is called when it takes too long, and should bring it about. */
export async function within<T>(
  limitMs: number,
  result: Promise<T>,
  onLimit: () => void,
): Promise<T> {
  const timer = setTimeout(onLimit, limitMs);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}
