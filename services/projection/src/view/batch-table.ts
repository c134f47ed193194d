import type { BatchColumn } from './batch-column.ts';

/** Many rows as a relation of a statement: one array for each column. */
export interface BatchTable<Row> {
  readonly sql: string;
  readonly parametersOf: (rows: readonly Row[]) => Buffer[];
}

/** Hands out the parameters of a statement, table by table, in the order of the calls. */
export class BatchTables {
  #parameters = 0;

  add<Row>(alias: string, columns: readonly BatchColumn<Row>[]): BatchTable<Row> {
    const arrays = columns.map(({ type }) => `$${(this.#parameters += 1)}::${type}[]`);
    const names = columns.map(({ name }) => name);
    return {
      sql: `unnest(${arrays.join(', ')}) as ${alias} (${names.join(', ')})`,
      parametersOf: (rows) => columns.map(({ arrayOf }) => arrayOf(rows)),
    };
  }
}
