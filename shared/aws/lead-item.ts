import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LeadDocument } from '../lead/lead-document.ts';
import { leadText, readLeadText } from '../lead/lead-texts.ts';
import { shardOf } from '../lead/shard.ts';
import { eventsText, readEventsText, readStandingText, standingText } from '../lead/standing-texts.ts';
import type { Outbox } from '../membership/transition.ts';
import type { Item } from './keyed-reads.ts';

/** A change that makes a lead's item larger than this (bytes) is refused. */
export const maximumLeadItemBytes = 350_000;
/**
 * What is decided without a change (recalculation, clock, account, by hand) has room up to here, so that it need not be
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
  return { shard: { S: shardOf(leadId) }, leadId: { S: leadId } };
}

/** What documents were decoded from, for as long as they are used: a write need not encode and send again what stays. */
const sources = new WeakMap<LeadDocument, Item>();

/**
 * A lead's document as the attributes beside its key: what conditions and indexes need by itself; what rules read as three
 * texts, of which a scan asks for those it needs; the rest as JSON. A person can read all of it in the AWS console.
 * `before`: the stored document it was decided from, if there is one; what is the same there is taken as it is stored.
 */
export function encodeLead(document: LeadDocument, outbox: Outbox, before?: LeadDocument): Item {
  const {
    leadId: _leadId,
    version,
    catalogVersion,
    dueAt,
    memberships,
    byHand,
    events,
    attributes: _attributes,
    account: _account,
    deletedAt: _deletedAt,
    isDeleted: _isDeleted,
    engagementLevel,
    profileLevel,
    ...rest
  } = document;
  const source = before && sources.get(before);
  const hasSameStanding = memberships === before?.memberships && byHand === before?.byHand;
  const item: Item = {
    version: { N: String(version) },
    catalogVersion: { N: String(catalogVersion) },
    lead: { S: leadText(document) },
    memberships: (hasSameStanding && source?.memberships) || { S: standingText(document) },
    events: (events === before?.events && source?.events) || { S: eventsText(events) },
    doc: { S: JSON.stringify({ ...rest, engagementSetAt: engagementLevel?.[1], profileSetAt: profileLevel?.[1] }) },
  };
  if (dueAt !== undefined) item.dueAt = { N: String(dueAt) };
  // Empty rather than removed when there is none: a statement may remove only one attribute on every stand-in.
  item.outbox = { S: isEmpty(outbox) ? '' : JSON.stringify(outbox) };
  return item;
}

/** Of an item's attributes, those that are not stored like that with the document it was decided from. */
export function changedAttributes(item: Item, before: LeadDocument): Item {
  const source = sources.get(before);
  if (!source) return item;
  const isChanged = ([name, { S, N }]: [string, AttributeValue]) => source[name]?.S !== S || source[name]?.N !== N;
  return Object.fromEntries(Object.entries(item).filter(isChanged));
}

/** The document of a stored item. */
export function decodeLead(item: Record<string, AttributeValue>): LeadDocument {
  const { engagementSetAt, profileSetAt, ...doc } = JSON.parse(item.doc?.S ?? '{}');
  const document: LeadDocument = {
    ...doc,
    leadId: item.leadId?.S,
    version: Number(item.version?.N),
    catalogVersion: Number(item.catalogVersion?.N),
    ...(item.dueAt?.N !== undefined && { dueAt: Number(item.dueAt.N) }),
    ...readLeadText(item.lead?.S ?? '', { engagementSetAt, profileSetAt }),
    ...readStandingText(item.memberships?.S ?? ''),
    events: readEventsText(item.events?.S ?? ''),
  };
  sources.set(document, item);
  return document;
}

function isEmpty({ transitions, changedRows, deleted }: Outbox): boolean {
  return transitions.length === 0 && !changedRows && !deleted;
}

/** What a stored item announces. */
export function decodeOutbox(item: Record<string, AttributeValue>): Outbox {
  return item.outbox?.S ? JSON.parse(item.outbox.S) : { transitions: [] };
}

/** Bytes of an item's attributes, near enough to DynamoDB's own count for the size limit. */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce(
    (bytes, [name, value]) => bytes + name.length + Buffer.byteLength(value.S ?? value.N ?? ''),
    0,
  );
}
