import type { Catalog } from '../catalog/catalog.ts';
import type { LeadChange } from '../lead/change.ts';
import type { NewestFirst, RawEvent } from '../lead/event-order.ts';
import { isLead, type LeadDocument } from '../lead/lead-document.ts';
import type { ReadAccount } from '../lead/merge-changes.ts';
import type { ManualCommand } from './manual-changes.ts';

/** All that one decision about one lead is made from. */
export interface DecisionInput {
  /** The stored document, or `unknownLead(leadId)`. */
  readonly document: LeadDocument;
  readonly changes: readonly LeadChange[];
  readonly accounts: ReadonlyMap<string, ReadAccount>;
  readonly catalog: Catalog;
  /** Epoch ms; the decision is made at this moment or at the document's last one, whichever is later. */
  readonly now: number;
  /**
   * Raw events that were read for this lead, by condition id: of the condition's type, at least the newest `n` that match
   * it (all of them where it reads the clock). Those of one condition say nothing about another.
   */
  readonly rawEvents?: ReadonlyMap<string, NewestFirst<RawEvent>>;
  /** Segments to evaluate whatever changed. */
  readonly recalculate?: RequestedEvaluation;
  /** What a person does about the lead. */
  readonly command?: ManualCommand | undefined;
  /** Delete the lead. */
  readonly deletes?: boolean | undefined;
  /** With `deletes`, also of a lead that is not there: refuse what comes of it from now on, or no more. */
  readonly keepsOut?: boolean | undefined;
  /** Evaluate all that reads the clock, due or not. */
  readonly isDue?: boolean;
}

/** Segments to evaluate, by their ids. */
export interface RequestedEvaluation {
  /** Since when (epoch ms) each was to be evaluated: manual changes that are newer stay in force. */
  readonly requestedAt: ReadonlyMap<string, number>;
  /** Nobody asked and nothing was saved: what flips was not as the rules say. */
  readonly isReconciliation?: boolean;
}

/** What every step of a decision goes by: its input, and what follows from that. */
export interface DecisionBasis extends DecisionInput {
  /** Those that exist: a deleted lead has none that happened before its deletion. */
  readonly changes: readonly LeadChange[];
  /** Epoch ms: the moment of the decision, which is never earlier than the document's last one. */
  readonly now: number;
  /** Whether all that reads the clock is to be evaluated. */
  readonly isDue: boolean;
  /** Whether there was such a lead before. */
  readonly isKnown: boolean;
}

/** What the steps of a decision go by. */
export function basisOf(input: DecisionInput): DecisionBasis {
  const { document, changes } = input;
  const { deletedAt, dueAt, isOverdue = false } = document;
  const now = Math.max(input.now, document.evaluatedAt);
  return {
    ...input,
    changes: deletedAt === undefined ? changes : changes.filter(({ occurredAt }) => occurredAt > deletedAt),
    now,
    isDue: input.isDue === true || isOverdue || (dueAt !== undefined && dueAt <= now),
    isKnown: isLead(document),
  };
}
