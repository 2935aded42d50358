import { type Json, segmentsOf } from '../../oracle/oracle.ts';
import { catalogKey, segmentsPartition } from '../../shared/aws/segments-keys.ts';
import { isMember, type LeadDocument } from '../../shared/lead/lead-document.ts';
import { decodeLead, leadHash, leadKey } from '../../shared/lead/lead-item.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { readItem } from './next-release.ts';
import { type Item, unmarshallItem } from './store/attribute-value.ts';
import { type Cloud, settings } from './store/cloud.ts';

/** A segment as it is stored. */
export interface StoredSegment {
  readonly id: string;
  readonly active: boolean;
  readonly match: 'all' | 'any';
  readonly rules: Json[];
}

/** The segment of a stored item. */
export function asStoredSegment(item: Item): StoredSegment {
  const { sk, rules, ...segment } = unmarshallItem(item);
  return { ...segment, id: String(sk), rules: JSON.parse(String(rules)) } as StoredSegment;
}

/** Every catalog there was: the segments' items by id, by catalog version. */
export function catalogsOf(cloud: Cloud): Map<number, ReadonlyMap<string, Item>> {
  const catalogs = new Map<number, Map<string, Item>>();
  let current = new Map<string, Item>();
  for (const { keys, newImage } of cloud.database.table('Segments').stream) {
    const sk = keys.sk?.S ?? '';
    if (keys.pk?.S === catalogKey.pk && sk === catalogKey.sk) {
      // What else the transaction stores comes after the catalog's version.
      current = new Map(current);
      catalogs.set(Number(newImage?.version?.N), current);
    } else if (keys.pk?.S === segmentsPartition) {
      if (newImage) current.set(sk, newImage);
      else current.delete(sk);
    }
  }
  return catalogs;
}

const isForgotten = ({ shard }: Item) => shard?.S?.startsWith('tombstones#') === true;

/** Every version of every lead document that was ever stored, in that order; not that a tombstone forgot its id. */
export function storedVersions(cloud: Cloud): LeadDocument[] {
  const { stream } = cloud.database.table('Leads');
  return stream.flatMap(({ newImage }) => (newImage && !isForgotten(newImage) ? [decodeLead(readItem(newImage))] : []));
}

/** The lead documents as they are stored, tombstones that forgot their id among them. */
export function storedLeads(cloud: Cloud): LeadDocument[] {
  const hash = createKeyedHash(settings.HASH_KEY!);
  const items = cloud.database.table('Leads').all();
  const documents = items.filter((item) => !isForgotten(item)).map((item) => decodeLead(readItem(item)));
  const there = new Set(documents.map(({ leadId }) => leadId));
  const gone = new Set(storedVersions(cloud).flatMap(({ leadId }) => (there.has(leadId) ? [] : [leadId])));
  const idOf = new Map([...gone].map((leadId) => [leadHash(leadId, hash), leadId]));
  const tombstones = items.filter(isForgotten).flatMap((item): LeadDocument[] => {
    const leadId = idOf.get(item.leadId?.S ?? '');
    return leadId === undefined ? [] : [decodeLead({ ...readItem(item), ...leadKey(leadId) })];
  });
  return [...documents, ...tombstones];
}

/**
 * What is wrong with any version of any document: versions grow by one, its catalog and moment never go back, it is not
 * overdue when it is written, and it is in just the segments that its own values say, by the rules of its catalog, at its
 * moment. Segments with event rules are left out: what a document knows of events cannot be told from outside.
 */
export function documentErrors(cloud: Cloud): string[] {
  const errors: string[] = [];
  const catalogs = catalogsOf(cloud);
  const checkable = new Map([...catalogs].map(([version, items]) => [version, checkableSegments(items)]));
  const latest = new Map<string, LeadDocument>();
  for (const document of storedVersions(cloud)) {
    const before = latest.get(document.leadId);
    latest.set(document.leadId, document);
    const what = `${document.leadId} at version ${document.version}`;
    if (document.version !== (before?.version ?? 0) + 1) errors.push(`${what} came after ${before?.version ?? 0}`);
    if (before && document.catalogVersion < before.catalogVersion) errors.push(`${what} went back in the catalog`);
    if (before && document.evaluatedAt < before.evaluatedAt) errors.push(`${what} went back in time`);
    const { dueAt, evaluatedAt } = document;
    if (dueAt !== undefined && dueAt <= evaluatedAt) errors.push(`${what} was overdue when it was written`);
    const { all, checked } = checkable.get(document.catalogVersion) ?? { all: [], checked: [] };
    const expected = document.isDeleted ? new Set() : answersFor(document, all, heldIn(document));
    for (const { id } of checked) {
      if (isMember(document, id) === expected.has(id)) continue;
      errors.push(`${what} is ${expected.has(id) ? 'not in' : 'in'} ${id}, against its own values`);
    }
  }
  return errors;
}

/** Whom a person keeps in segments (true) or out of them. */
export function heldIn({ manualChanges = {} }: LeadDocument): Map<string, boolean> {
  const standing = Object.entries(manualChanges).filter(([, { isSettled }]) => !isSettled);
  return new Map(standing.map(([id, { kind }]) => [id, kind === 'added' || kind === 'pinned']));
}

/** The segments that a document's own values put it in, of those given, at its moment; events aside. */
export function answersFor(
  document: LeadDocument,
  segments: StoredSegment[],
  held: ReadonlyMap<string, boolean>,
): Set<string> {
  return segmentsOf(factsIn(document), segments, document.evaluatedAt, undefined, held);
}

function factsIn({
  leadId,
  attributes,
  engagementLevel,
  profileLevel,
  account,
}: LeadDocument): Parameters<typeof segmentsOf>[0] {
  return {
    leadId,
    attributes: new Map(Object.entries(attributes)),
    engagement: engagementLevel?.[0] ?? undefined,
    profile: profileLevel?.[0] ?? undefined,
    accountAttributes: new Map(Object.entries(account?.attributes ?? {})),
    accountLevel: account?.accountLevel,
    events: [],
  };
}

/** All active segments, and those among them that read no events, not through others either. */
export function checkableSegments(items: ReadonlyMap<string, Item>): {
  all: StoredSegment[];
  checked: StoredSegment[];
} {
  const all = [...items.values()].map(asStoredSegment).filter(({ active }) => active);
  const known = new Map(all.map((segment) => [segment.id, segment]));
  const readsEvents = (rules: readonly Json[]): boolean =>
    rules.some((rule) => {
      if (rule.type === 'event_metadata') return true;
      if (rule.type === 'group') return readsEvents(rule.rules as Json[]);
      const referred = rule.type === 'segment' ? known.get(String(rule.segmentId)) : undefined;
      return referred !== undefined && readsEvents(referred.rules);
    });
  return { all, checked: all.filter(({ rules }) => !readsEvents(rules)) };
}
