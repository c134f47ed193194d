import { expect, it } from 'vitest';
import { createVersionsSeen } from './versions-seen.ts';

it('knows the newest version that was shown, whatever comes late', () => {
  const versions = createVersionsSeen();
  versions.note('a', 3);
  versions.note('a', 2);
  expect(versions.of('a')).toBe(3);
  expect(versions.of('b')).toBe(0);
});
