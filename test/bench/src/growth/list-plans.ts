import { Client } from 'pg';

export type ListPlan = {
  readonly list: string;
  /** From the root down: `Limit > Index Scan (name of the index)`. */
  readonly nodes: string;
  readonly milliseconds: number;
  readonly verdict: 'by an index' | 'reads a whole table';
};

type PlanNode = {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
};

type Explained = { readonly Plan: PlanNode; readonly 'Execution Time': number };

/** A row in the middle, so that a page begins where most tasks lie before and behind it. */
const middle = `
  select * from projection.task_view where tenant_id = (
    select tenant_id from projection.tenant_count group by tenant_id
    order by sum(pending + running + finished) desc limit 1
  ) order by issued_at offset $1 limit 1`;

type Row = Readonly<Record<string, string | number>>;

const equal = (column: string) => (row: Row, parameter: (value: unknown) => string) =>
  `${column} = ${parameter(row[column])}`;

const cursor = (row: Row, parameter: (value: unknown) => string) =>
  `(issued_at, task_id) < (${parameter(row['issued_at'])}, ${parameter(row['task_id'])})`;

const before = (row: Row, parameter: (value: unknown) => string) =>
  `issued_at < ${parameter(row['issued_at'])}`;

/** The filters of the list, as `list-tasks.ts` of the projection puts them to Postgres. */
const LISTS = {
  'no filter': [],
  'a page in the middle': [cursor],
  issuedBefore: [before],
  state: [equal('state')],
  'state, a page in the middle': [equal('state'), cursor],
  outcome: [equal('outcome')],
  lambdaId: [equal('lambda_id')],
  node: [equal('node_id')],
  'node, a page in the middle': [equal('node_id'), cursor],
  'state and lambdaId': [equal('state'), equal('lambda_id')],
} as const;

/** How Postgres answers each list of the tenant with the most tasks, oldest and newest first. */
export async function listPlans(databaseUrl: string, count: number): Promise<ListPlan[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(middle, [Math.floor(count / 2)]);
    const [row] = rows;
    if (row === undefined) throw new Error('the views are empty');
    const plans: ListPlan[] = [];
    for (const [list, conditions] of Object.entries(LISTS)) {
      const values: unknown[] = [];
      const parameter = (value: unknown) => `$${values.push(value)}`;
      const all = [equal('tenant_id'), ...conditions].map((each) => each(row, parameter));
      const query = `explain (analyze, format json) select * from projection.task_view
        where ${all.join(' and ')} order by issued_at desc, task_id desc limit 101`;
      const explained = await client.query<{ 'QUERY PLAN': Explained[] }>(query, values);
      plans.push(planOf(list, explained.rows[0]?.['QUERY PLAN'][0]));
    }
    return plans;
  } finally {
    await client.end();
  }
}

function planOf(list: string, explained: Explained | undefined): ListPlan {
  if (explained === undefined) throw new Error(`no plan of the list ${list}`);
  const nodes = nodesOf(explained.Plan);
  const verdict = nodes.includes('Seq Scan') ? 'reads a whole table' : 'by an index';
  return { list, nodes, milliseconds: explained['Execution Time'], verdict };
}

function nodesOf(node: PlanNode): string {
  const index = node['Index Name'] === undefined ? '' : ` (${node['Index Name']})`;
  const below = (node.Plans ?? []).map(nodesOf);
  return [node['Node Type'] + index, ...below].join(' > ');
}
