import { randomFillSync } from 'node:crypto';

// Filled in bulk: one call for each task would cost 20 times as much.
const numbers = new Uint32Array(1_024);
let next = numbers.length;

/**
 * A number that names one execution, and that its sandbox cannot guess before it is told: so an
 * answer cannot be written ahead for a task that is still to come.
 */
export function drawExecutionNumber(): number {
  if (next === numbers.length) {
    randomFillSync(numbers);
    next = 0;
  }
  const number = numbers[next] ?? 0;
  next += 1;
  // 0 means no execution.
  return number === 0 ? drawExecutionNumber() : number;
}
