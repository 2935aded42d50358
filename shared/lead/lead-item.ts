import type { Item } from '../aws/read-items.ts';
import { idInKey, idOfKey } from '../id/id-in-key.ts';
import type { KeyedHash } from '../privacy/keyed-hash.ts';
import { refuseNewerFormat } from '../problem/readable-format.ts';
import type { LeadDocument, LeadDraft } from './lead-document.ts';
import { type LeadFacts, type LevelMoments, leadText, readLeadText } from './lead-texts.ts';
import {
  eventsText,
  type LeadMemberships,
  membershipsText,
  readEventsText,
  readMembershipsText,
} from './membership-texts.ts';
import type { Outbox } from './outbox.ts';
import { shardOf } from './shard.ts';

/** A change that makes a lead's item larger than this (bytes) is refused. */
const maximumLeadItemBytes = 350_000;
/**
 * What is decided without a change (recalculation, clock, account, manual change) has room up to here, so that it need not be
 * refused: nobody could send it again. DynamoDB's limit is 400 KB.
 */
const maximumDecidedItemBytes = 390_000;

/**
 * The bytes of the item that the write would make, where they are more than the lead may have. What makes no lead larger is
 * always taken: else one above the limit of changes could not be made smaller bit by bit. That the clock leaves a lead
 * alone takes a few bytes, which DynamoDB still has; a deletion, whose outbox may be long, as much as a decision.
 */
export function tooLargeBytes(write: { before: LeadDocument; after: LeadDocument }, item: Item): number | undefined {
  const { before, after } = write;
  const isChange = after.updatedAt !== before.updatedAt && !after.isDeleted;
  const bytes = itemBytes(item);
  if (bytes <= (isChange ? maximumLeadItemBytes : maximumDecidedItemBytes) || after.isOverdue) return undefined;
  return bytes <= itemBytes(encodeLead(before, { transitions: [] })) ? undefined : bytes;
}

/** The key of a lead's item. */
export function leadKey(leadId: string): Item {
  return { shard: { S: shardOf(leadId) }, leadId: { S: idInKey(leadId) } };
}

/** The lead of an item with such a key. */
export function leadIdOf({ leadId }: Item): string {
  return idOfKey(leadId?.S ?? '');
}

/**
 * The key of what is left of a deleted lead, once its id is forgotten. `hash`: the keyed hash of `leadHash`. In partitions
 * of their own, so that no scan of leads reads them.
 */
export function tombstoneKey(hash: string): Item {
  return { shard: { S: `tombstones#${hash.slice(0, 1)}` }, leadId: { S: hash } };
}

/** A lead's id by which its tombstone is found. */
export function leadHash(leadId: string, hash: KeyedHash): string {
  return hash(`lead ${leadId}`);
}

/** What documents were decoded from, for as long as they are used: a write need not encode and send again what stays. */
const sources = new WeakMap<LeadDocument, Item>();

/**
 * A lead's document as the attributes beside its key: what conditions and indexes need by itself; what rules read as three
 * texts, of which a scan asks for those it needs; the rest as JSON. A person can read all of it in the AWS console.
 * `before`: the stored document it was decided from, if there is one; what is the same there is taken as it is stored.
 */
export function encodeLead(document: LeadDocument, outbox: Outbox, before?: LeadDocument): Item {
  const { version, catalogVersion, dueAt, memberships, manualChanges, events } = document;
  const source = before && sources.get(before);
  const hasSameMemberships = memberships === before?.memberships && manualChanges === before?.manualChanges;
  const item: Item = {
    version: { N: String(version) },
    catalogVersion: { N: String(catalogVersion) },
    lead: { S: leadText(document) },
    memberships: (hasSameMemberships && source?.memberships) || { S: membershipsText(document) },
    events: (events === before?.events && source?.events) || { S: eventsText(events) },
    doc: { S: JSON.stringify(restOf(document)) },
  };
  if (dueAt !== undefined) item.dueAt = { N: String(dueAt) };
  // Empty rather than removed when there is none: a statement may remove only one attribute on every stand-in.
  item.outbox = { S: isEmpty(outbox) ? '' : JSON.stringify(outbox) };
  return item;
}

/** What a document has beside the attributes and texts of its item. Every other field must be named here to be stored. */
function restOf(document: LeadDocument): Rest {
  const { evaluatedAt, isOverdue, updatedAt, setAt, attributesSetAt, accountLink, eventTypes, aheadUntil } = document;
  const engagementSetAt = document.engagementLevel?.[1];
  const profileSetAt = document.profileLevel?.[1];
  const levels = { engagementSetAt, profileSetAt };
  return { evaluatedAt, isOverdue, updatedAt, setAt, attributesSetAt, accountLink, eventTypes, aheadUntil, ...levels };
}

type Rest = { [Name in keyof Required<RestFields>]: RestFields[Name] | undefined };
type RestFields = Omit<LeadDocument, keyof LeadFacts | keyof LeadMemberships | StoredByItself> & LevelMoments;
type StoredByItself = 'leadId' | 'version' | 'catalogVersion' | 'dueAt' | 'events';

/** Of an item's attributes, those that are not stored like that with the document it was decided from. */
export function changedAttributes(item: Item, before: LeadDocument): Item {
  const source = sources.get(before);
  if (!source) return item;
  const changed: Item = {};
  for (const name of Object.keys(item)) {
    const value = item[name]!;
    if (source[name]?.S !== value.S || source[name]?.N !== value.N) changed[name] = value;
  }
  return changed;
}

/** Throws for a lead's item that a newer release wrote. */
export function refuseNewerLead({ leadId, formatVersion }: Item): void {
  if (formatVersion) refuseNewerFormat('lead', `Lead ${leadId?.S}`, formatVersion.N);
}

/** The document of a stored item. Throws for one that a newer release wrote. */
export function decodeLead(item: Item): LeadDocument {
  refuseNewerLead(item);
  const rest = JSON.parse(item.doc?.S ?? '{}');
  const { memberships, manualChanges } = readMembershipsText(item.memberships?.S ?? '');
  const document: LeadDraft = {
    leadId: leadIdOf(item),
    version: Number(item.version?.N),
    catalogVersion: Number(item.catalogVersion?.N),
    evaluatedAt: rest.evaluatedAt,
    updatedAt: rest.updatedAt,
    attributes: {},
    setAt: rest.setAt,
    attributesSetAt: rest.attributesSetAt,
    events: readEventsText(item.events?.S ?? ''),
    eventTypes: rest.eventTypes,
    memberships,
  };
  readLeadText(document, item.lead?.S ?? '', rest);
  if (manualChanges) document.manualChanges = manualChanges;
  if (item.dueAt?.N !== undefined) document.dueAt = Number(item.dueAt.N);
  if (rest.accountLink !== undefined) document.accountLink = rest.accountLink;
  if (rest.isOverdue !== undefined) document.isOverdue = rest.isOverdue;
  if (rest.aheadUntil !== undefined) document.aheadUntil = rest.aheadUntil;
  sources.set(document, item);
  return document;
}

function isEmpty({ transitions, changedRows, deleted }: Outbox): boolean {
  return transitions.length === 0 && !changedRows && !deleted;
}

/** What a stored item announces. */
export function decodeOutbox(item: Item): Outbox {
  return item.outbox?.S ? JSON.parse(item.outbox.S) : { transitions: [] };
}

/** Bytes of an item's attributes, near enough to DynamoDB's own count for the size limit. */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name of Object.keys(item)) bytes += name.length + Buffer.byteLength(item[name]?.S ?? item[name]?.N ?? '');
  return bytes;
}
