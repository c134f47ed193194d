import { findBwrap, type SandboxTool } from '@greencloud/embedded';
import type { StackContext } from '../stack/context.ts';

/** Finds bubblewrap for the nodes; without it they run lambdas with less around them. */
export async function provideSandbox({ config, report }: StackContext): Promise<SandboxTool> {
  const onStep = (step: string) => report.line('sandbox', step);
  const sandbox = await findBwrap({ env: config.passed, onStep });
  report.line('sandbox', sandbox.kind === 'works' ? sandbox.path : warning(sandbox.reason));
  return sandbox;
}

function warning(reason: string): string {
  return `WARNING: lambdas run without bubblewrap, so run your own code only (${reason})`;
}
