import type { Value } from '../rule/value.ts';
import type { NewestFirst, SeenEvent } from './event-order.ts';
import type { ManualChange } from './manual-change.ts';

/** A value with the moment (epoch ms) of the change that set it; `null` was cleared at that moment. */
export type Dated<T> = readonly [value: T | null, setAt: number];

/** The newest `n` events that match one event condition. Fewer than `n` means these are all. */
export interface EventState {
  readonly n: number;
  readonly newest: NewestFirst<SeenEvent>;
}

/** What made a transition happen. */
export interface Cause {
  readonly kind:
    | 'profile_change'
    | 'level_change'
    | 'lead_event'
    | 'account_change'
    | 'segment_saved'
    | 'time_passed'
    | 'by_hand'
    | 'lead_deleted'
    | 'reconciled';
  readonly changeId?: string;
  /** ISO date-time. */
  readonly occurredAt: string;
}

/** Why a lead entered or exited. */
export type TransitionReason =
  | 'rules'
  | 'added_by_hand'
  | 'pinned'
  | 'removed_by_hand'
  | 'excluded'
  | 'recalculated'
  | 'time_passed'
  | 'lead_deleted';

/** How a lead is a member: by the rules, added manually, or pinned. */
export type MembershipSource = 'rules' | 'manual' | 'pinned';

/** A lead's membership in one segment it was ever in. An odd `sequence` is in, an even one out. */
export interface MembershipState {
  readonly sequence: number;
  /** Epoch ms of the last transition. */
  readonly since: number;
  readonly source: MembershipSource;
  readonly reason: TransitionReason;
  readonly cause: Cause;
  /** The segment's revision the last transition was decided with. */
  readonly revision: number;
  readonly silent?: boolean;
}

/** The lead's copy of its account, as of one version of the account. */
export interface AccountCopy {
  readonly accountId: string;
  /** 0: the account is not known yet. */
  readonly version: number;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly accountLevel?: string;
}

/** A record whose names come from outside: read with `own`, so that names like "constructor" are just names. */
export type Named<T> = Readonly<Record<string, T>>;

/** Everything that decides about one lead, and the one truth: one item, one conditional write per decision. */
export interface LeadDocument {
  readonly leadId: string;
  /** Grows with each write; 0 is a lead that is not stored yet. */
  readonly version: number;
  /** The catalog this document was last evaluated with. */
  readonly catalogVersion: number;
  /** Epoch ms of the last evaluation; evaluations never go back in time. */
  readonly evaluatedAt: number;
  /** Epoch ms, not later than the next moment at which a rule of this lead flips by time alone. */
  readonly dueAt?: number;
  /** It was due, but had no room for what its rules say: the clock leaves it alone, its next evaluation is a due one. */
  readonly isOverdue?: true;
  /** Epoch ms of the last write that a change caused. */
  readonly updatedAt: number;
  readonly attributes: Named<Value | null>;
  /** Epoch ms at which an attribute was set, where that differs from `attributesSetAt`. */
  readonly setAt: Named<number>;
  readonly attributesSetAt: number;
  readonly engagementLevel?: Dated<string>;
  readonly profileLevel?: Dated<string>;
  readonly accountLink?: Dated<string>;
  readonly account?: AccountCopy;
  /** State by condition id. */
  readonly events: Named<EventState>;
  readonly eventTypes: readonly string[];
  /** By segment id. */
  readonly memberships: Named<MembershipState>;
  /** By segment id: what a person last did about the lead there. */
  readonly manualChanges?: Named<ManualChange>;
  /** Epoch ms of the latest change or event that claimed to come from later than it came. */
  readonly aheadUntil?: number;
  /** Epoch ms of the lead's deletion: what happened up to then does not exist for any evaluation. */
  readonly deletedAt?: number;
  /** A deleted lead that nothing has been heard of since: not a lead, in no segment. */
  readonly isDeleted?: true;
}

/** A document in the making, filled in place: copies are a good part of the work on a change. */
export type LeadDraft = { -readonly [Name in keyof LeadDocument]: LeadDocument[Name] };

/** The field of lead rules that is the lead's id, whatever attribute has the same name. */
export const leadIdField = 'leadId';

/** What a rule on lead metadata reads: an attribute, or the lead's id. */
export function leadFieldOf({ leadId, attributes }: LeadDocument, field: string): Value | null | undefined {
  return field === leadIdField ? leadId : own(attributes, field);
}

/** A lead of which nothing is known yet. */
export function unknownLead(leadId: string): LeadDocument {
  return {
    leadId,
    version: 0,
    catalogVersion: 0,
    evaluatedAt: 0,
    updatedAt: 0,
    attributes: {},
    setAt: {},
    attributesSetAt: 0,
    events: {},
    eventTypes: [],
    memberships: {},
  };
}

/** `deletedAt` of a lead that is kept out for good: nothing of it exists that is dated before the year 10,000. */
export const keptOutUntil = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Whether a lead was deleted for good: whatever comes of it is refused. */
export function isKeptOut({ deletedAt }: Pick<LeadDocument, 'deletedAt'>): boolean {
  return deletedAt === keptOutUntil;
}

/** Whether there is such a lead: one that is stored, and not deleted. */
export function isLead({ version, isDeleted }: LeadDocument): boolean {
  return version > 0 && !isDeleted;
}

/** The record's own value of that name, never one that every object inherits. */
export function own<T>(record: Named<T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Sets a record's own value of a name that comes from outside: "__proto__" is just a name. */
export function put<T>(record: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
}

/** When an attribute was set (epoch ms); undefined if it never was. */
export function attributeSetAt(document: LeadDocument, name: string): number | undefined {
  if (!Object.hasOwn(document.attributes, name)) return undefined;
  return own(document.setAt, name) ?? document.attributesSetAt;
}

/** Whether the lead is a member of that segment now. */
export function isMember(document: LeadDocument, segmentId: string): boolean {
  return (own(document.memberships, segmentId)?.sequence ?? 0) % 2 === 1;
}
