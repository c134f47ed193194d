/** About as long as a TaskIssued. */
export const EVENT = {
  type: 'TaskIssued',
  lambdaId: '64058fee9956fae80d7e0e8e',
  timeout: 10,
} as const;

/** The same as bytes, for those who take no JSON. */
export const EVENT_BYTES = Buffer.from(JSON.stringify(EVENT));
