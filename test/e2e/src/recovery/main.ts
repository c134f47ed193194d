import process from 'node:process';
import { withStack } from '@greencloud/testing';
import { openRunningStack } from '../shared/running-stack.ts';
import { lostNodes } from './lost-nodes.ts';
import { natsWiped } from './nats-wiped.ts';
import { rollingRestart } from './rolling-restart.ts';
import { schedulerKilled } from './scheduler-killed.ts';
import type { Finding, Story } from './story.ts';
import { zombieNode } from './zombie-node.ts';

// Failures that take minutes, each on a stack of its own: `npm run measure:recovery [name ...]`.
const stories: Readonly<Record<string, Story>> = {
  zombie: zombieNode,
  'lost-nodes': lostNodes,
  'scheduler-killed': schedulerKilled,
  'nats-wiped': natsWiped,
  'rolling-restart': rollingRestart,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in stories));
if (unknown !== undefined) {
  process.stderr.write(`no story is called ${unknown}: ${Object.keys(stories).join(', ')}\n`);
  process.exit(2);
}
for (const [name, story] of Object.entries(stories)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}: ${story.name}\n`);
  const findings = await told(story);
  console.table(findings);
  if (!findings.every(({ kept }) => kept)) process.exitCode = 1;
}

async function told(story: Story): Promise<Finding[]> {
  await using supervised = await withStack({ nodes: story.nodes, env: story.env ?? {} });
  const stack = await openRunningStack(supervised.dataDir);
  try {
    return await story.run(stack);
  } finally {
    await stack.closeClients();
  }
}
