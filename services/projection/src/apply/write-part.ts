/** A part of the statement that writes batches: a relation in it, and the rows that it is given. */
export interface WritePart<Row> {
  readonly sql: string;
  readonly parametersOf: (rows: readonly Row[]) => Buffer[];
}

export interface InPartition<T> {
  readonly partition: number;
  readonly value: T;
}
