import { type TenantId, parseTenantId } from '@greencloud/domain';
import { z } from 'zod';

export type Weights = ReadonlyMap<TenantId, number>;

/** A visit credits so many seconds of slot time: what the shortest task may use. */
const quantumSeconds = 10;

const pair = /^(?<tenant>.{1,64})=(?<weight>[1-9]\d?|100)$/;

/** `tenant=weight,…`: tenants whose share differs from 1, by 1..100. */
export const zWeights = z.string().transform((text, context): Weights => {
  const weights = new Map<TenantId, number>();
  for (const part of text.split(',')) {
    const groups = pair.exec(part.trim())?.groups;
    try {
      weights.set(parseTenantId(groups?.['tenant'] ?? ''), Number(groups?.['weight']));
    } catch {
      context.addIssue('must be tenant=weight with weights 1..100, and commas between');
      return z.NEVER;
    }
  }
  return weights;
});

export function quantumsOf(weights: Weights): (tenantId: TenantId) => number {
  return (tenantId) => quantumSeconds * (weights.get(tenantId) ?? 1);
}
