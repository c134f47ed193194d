import { binaryArray, type ElementType } from '@greencloud/postgres';

/** One column of many rows, as a parameter of a statement. */
export interface BatchColumn<Row> {
  readonly name: string;
  /** In SQL, of one element. */
  readonly type: string;
  readonly arrayOf: (rows: readonly Row[]) => Buffer;
}

export function batchColumn<Row, T>(
  name: string,
  type: ElementType<T>,
  of: (row: Row) => T | null,
): BatchColumn<Row> {
  return { name, type: type.name, arrayOf: (rows) => binaryArray(type, rows.map(of)) };
}
