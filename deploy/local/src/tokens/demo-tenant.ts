import type { PrivateJwk } from './key-pair.ts';
import { signToken } from './sign-token.ts';

/** The tenant that owns the demo lambda and the local nodes. */
const DEMO_TENANT = '640584c9c1ecb0bc1e0f5a01';

const DAY_SECONDS = 86_400;

/** A token of the demo tenant, good for 24 h. */
export function demoToken(key: PrivateJwk): Promise<string> {
  return signToken(key, { userId: DEMO_TENANT, ttlSeconds: DAY_SECONDS });
}
