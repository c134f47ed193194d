import { unavailableWhenAway } from '@greencloud/postgres';

export const unavailableWhenLogIsAway = unavailableWhenAway('The log does not answer');
