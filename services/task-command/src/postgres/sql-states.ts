/** Refusals of our own in SQL, by their SQLSTATE. */
export const sqlStates = {
  /** UPDATE, DELETE or TRUNCATE of the log. */
  appendOnly: 'TC001',
  unknownPartition: 'TC002',
  wrongIsolation: 'TC003',
} as const;
