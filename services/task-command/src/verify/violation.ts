/** Something in the log that no release of ours writes: a fault, or a hand in the database. */
export type Violation = string;

/** Takes violations as they are found: a damaged log of any size must not fill the memory. */
export type OnViolation = (violation: Violation) => void;
