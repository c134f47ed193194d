/** One line each for whoever watches the terminal. */
export type Report = {
  /** A part came up, ended or was started again. */
  readonly line: (part: string, text: string) => void;
  /** Printed as it is. */
  readonly plain: (text: string) => void;
};

const PART_WIDTH = 16;

/** Writes `[  1.2 s] part  text`, the time counted from now. */
export function createReport(write: (text: string) => void): Report {
  const start = performance.now();
  return {
    line: (part, text) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
      write(`[${seconds} s] ${part.padEnd(PART_WIDTH)} ${text}\n`);
    },
    plain: (text) => write(`${text}\n`),
  };
}
