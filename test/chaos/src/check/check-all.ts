import type { Evidence } from '../history/evidence.ts';
import { acceptedTasksEnd, nothingUnasked, oneFinish, oneTaskPerAsk } from './accepted.ts';
import { nobodyCrashes } from './crashes.ts';
import { endsAreFinal, endsMakeSense, mostSucceed } from './ends.ts';
import type { Checker, Finding } from './finding.ts';
import { attemptsRise, densePositions, denseVersions, nothingFenced } from './log-shape.ts';
import { assignmentsFit, slotsKept } from './nodes.ts';
import { programsAgree } from './programs.ts';
import { neverOlder, toldTheTruth, watchesDense } from './reads.ts';
import { refusalsAreKnown } from './refusals.ts';
import { listIsWhole, viewIsFold } from './views.ts';
import { resultsCome, watchesEnd } from './waits.ts';

const checkers: readonly Checker[] = [
  acceptedTasksEnd,
  oneFinish,
  oneTaskPerAsk,
  nothingUnasked,
  densePositions,
  denseVersions,
  attemptsRise,
  nothingFenced,
  assignmentsFit,
  slotsKept,
  viewIsFold,
  listIsWhole,
  programsAgree,
  neverOlder,
  toldTheTruth,
  watchesDense,
  watchesEnd,
  resultsCome,
  endsMakeSense,
  mostSucceed,
  endsAreFinal,
  refusalsAreKnown,
  nobodyCrashes,
];

export function checkAll(evidence: Evidence): Finding[] {
  return checkers.map((check) => check(evidence));
}
