import type { Evidence } from '../history/evidence.ts';
import { acceptedTasksEnd, nothingUnasked, oneFinish, oneTaskPerAsk } from './accepted.ts';
import type { Checker, Finding } from './finding.ts';
import { attemptsRise, densePositions, denseVersions, nothingFenced } from './log-shape.ts';
import { assignmentsFit, slotsKept } from './nodes.ts';
import { endsAreFinal, endsMakeSense, neverOlder, toldTheTruth, watchesDense } from './reads.ts';
import { refusalsAreKnown } from './refusals.ts';
import { viewIsFold } from './views.ts';

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
  neverOlder,
  toldTheTruth,
  watchesDense,
  endsMakeSense,
  endsAreFinal,
  refusalsAreKnown,
];

export function checkAll(evidence: Evidence): Finding[] {
  return checkers.map((check) => check(evidence));
}
