import type { Capabilities, TenantId } from '@greencloud/domain';

/** What a client wants, however often and under however many ids it has to ask for it. */
export interface Request {
  readonly number: number;
  readonly tenantId: TenantId;
  readonly key: string;
  readonly demand: Capabilities;
  readonly timeoutSeconds: number;
  /** Of which the log has an issue: one at most. */
  readonly taskIds: Set<string>;
  /** As it was answered to the client. */
  accepted: string | undefined;
}

/** Everything that clients have asked for, by the ids under which they did. */
export class Requests {
  readonly all: Request[] = [];
  readonly byCommand = new Map<string, Request>();
  readonly cancels = new Set<string>();

  add(request: Omit<Request, 'number' | 'taskIds' | 'accepted'>): Request {
    const number = this.all.length + 1;
    const added = { ...request, number, taskIds: new Set<string>(), accepted: undefined };
    this.all.push(added);
    return added;
  }
}
