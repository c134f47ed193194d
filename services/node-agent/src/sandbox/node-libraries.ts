import { isAbsolute } from 'node:path';
import process from 'node:process';

/**
 * The shared libraries of this Node binary by the names its loader looks for. Asked of the running
 * process: `ldd` is missing from small images, and the link is what counts, not its target.
 */
export function nodeLibraries(): string[] {
  // Without it the report asks the DNS for every open connection.
  Object.assign(process.report, { excludeNetwork: true });
  const report: unknown = process.report.getReport();
  const paths = sharedObjectsOf(report).filter((path) => isAbsolute(path));
  return paths.filter((path) => path !== process.execPath);
}

function sharedObjectsOf(report: unknown): string[] {
  if (typeof report !== 'object' || report === null || !('sharedObjects' in report)) return [];
  const { sharedObjects } = report;
  return Array.isArray(sharedObjects)
    ? sharedObjects.filter((item) => typeof item === 'string')
    : [];
}
