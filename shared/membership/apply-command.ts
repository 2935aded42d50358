import type { Catalog } from '../catalog/catalog.ts';
import { isMember, own } from '../lead/lead-document.ts';
import { type HandCommand, type HandResult, standingAct } from './by-hand.ts';
import type { LeadEvaluation } from './decision.ts';

const effects = {
  added: { makesMember: true, source: 'manual', reason: 'added_by_hand' },
  pinned: { makesMember: true, source: 'pinned', reason: 'pinned' },
  removed: { makesMember: false, source: 'manual', reason: 'removed_by_hand' },
  excluded: { makesMember: false, source: 'manual', reason: 'excluded' },
} as const;

/**
 * Does once what a person asked about the lead in one segment; told again, it only answers. Adding a member and removing
 * who is none change nothing, except that adding lifts a pin.
 */
export function applyCommand(
  evaluation: LeadEvaluation,
  { segmentId, ...command }: HandCommand,
  catalog: Catalog,
  now: number,
): HandResult {
  const compiled = catalog.active.get(segmentId);
  if (!compiled) return { refused: 'segment_inactive' };
  const { document } = evaluation;
  const isIn = isMember(document, segmentId);
  const last = document.byHand && own(document.byHand, segmentId);
  if (last?.id === command.id) {
    // It is done already: a transition of that very moment is its doing.
    const isItsDoing = own(document.memberships, segmentId)?.since === last.at;
    return { wasMember: isItsDoing ? !isIn : isIn, wasExcluded: false };
  }
  const standing = standingAct(document, segmentId)?.kind;
  const result = { wasMember: isIn, wasExcluded: standing === 'excluded' };
  const changesNothing =
    standing === command.kind ||
    (command.kind === 'added' && isIn && standing !== 'pinned') ||
    (command.kind === 'removed' && !isIn);
  if (changesNothing) return result;
  const { makesMember, source, reason } = effects[command.kind];
  const cause = { kind: 'by_hand', changeId: command.id, occurredAt: new Date(now).toISOString() } as const;
  evaluation.decideByHand(compiled, { ...command, at: now }, makesMember, { reason, source, cause });
  return result;
}
