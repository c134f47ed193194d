import { MAX_DETAIL_LENGTH } from './protocol.mjs';

/**
 * What a person may read about a thrown value. Never throws: the value is user code's, and so may
 * its getters be.
 *
 * @param {unknown} thrown
 * @returns {string}
 */
export function detailOf(thrown) {
  try {
    const message = thrown instanceof Error ? thrown.message || thrown.name : thrown;
    return String(message).slice(0, MAX_DETAIL_LENGTH);
  } catch {
    return 'the lambda threw a value that cannot be shown';
  }
}

/**
 * With the place in the lambda, for errors that its author sees only once it runs here.
 *
 * @param {unknown} thrown
 * @returns {string}
 */
export function locatedDetailOf(thrown) {
  const detail = detailOf(thrown);
  try {
    const place = thrown instanceof Error ? /lambda\.mjs:\d+/.exec(`${thrown.stack}`)?.[0] : '';
    return place ? `${detail} (${place})` : detail;
  } catch {
    return detail;
  }
}
