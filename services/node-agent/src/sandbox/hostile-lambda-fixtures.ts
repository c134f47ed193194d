/** What a hostile lambda tries, and how it is told no. */
import { withoutPermissionModel } from './sandbox-fixtures.ts';

/** A lambda whose body is tried, and whose error is the answer. */
export function attempt(body: string): string {
  return `
    import * as fs from 'node:fs'; import * as net from 'node:net'; import * as child from 'node:child_process';
    import { Worker } from 'node:worker_threads'; import process from 'node:process';
    export default async () => { try { return await (async () => { ${body} })() }
      catch (error) { return { refused: error.code ?? error.message } } }`;
}

export const denied = { refused: 'ERR_ACCESS_DENIED' };

/** A control: what it could do if the permission model were off. */
export const withoutPermissions = { alter: withoutPermissionModel };
