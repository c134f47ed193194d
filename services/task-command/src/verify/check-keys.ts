import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { OnViolation } from './violation.ts';

interface KeyRow {
  readonly tenant_id: string;
  readonly key: string;
  readonly task_id: string;
  readonly issued: boolean;
}

const pageSize = 5_000;

/** Every idempotency key names a task that the key's own command has issued, for its tenant. */
export async function checkKeys(db: Db, onViolation: OnViolation): Promise<void> {
  let page: KeyRow[] = [];
  do {
    page = await readPage(db, page.at(-1));
    for (const { tenant_id: tenant, task_id: task, issued } of page) {
      // A key is the client's own text: it is not printed.
      if (!issued) onViolation(`task ${task}: a key of tenant ${tenant} names it, and issued none`);
    }
  } while (page.length > 0);
}

async function readPage(db: Db, after: KeyRow | undefined): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`
    select k.tenant_id, k.key, k.task_id, exists (
      select from task_command.event e
      where e.task_id = k.task_id and e.command_id = k.command_id
        and e.version = 1 and e.tenant_id = k.tenant_id
    ) as issued
    from task_command.idempotency_key k
    where (k.tenant_id, k.key) > (${after?.tenant_id ?? ''}, ${after?.key ?? ''})
    order by k.tenant_id, k.key limit ${pageSize}`.execute(db);
  return rows;
}
