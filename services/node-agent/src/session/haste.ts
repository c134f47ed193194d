/** `soon`: nobody acts on it, so it may wait a moment for what does. */
export type Haste = 'now' | 'soon';

// A no-op in a warm sandbox takes 1 to 2 ms: that it began then travels with how it ended, in one
// message, one commit and one window on NATS instead of two each. That a longer task runs is seen
// 5 ms later.
const SOON_MS = 5;

/** Passes on each call for haste: at once, or within 5 ms together with whatever comes meanwhile. */
export function hasten(go: () => void): (haste: Haste) => void {
  let timer: NodeJS.Timeout | undefined;
  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    go();
  };
  return (haste) => {
    if (haste === 'now') now();
    else timer ??= setTimeout(now, SOON_MS);
  };
}
