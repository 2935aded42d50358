import type { Segment } from '../../shared/catalog/segment.ts';
import { cursorOf, foreignCursor, fromPosition, maximumLimit } from '../../shared/http/pages.ts';
import type { QueryOf } from '../../shared/http/route.ts';
import type { memberRoutes } from '../../shared/http/routes/member-routes.ts';
import { presentAttributes } from '../../shared/lead/present-attributes.ts';
import { shardOf, shards } from '../../shared/lead/shard.ts';
import { invalid } from '../../shared/problem/problem.ts';
import type { Member } from '../../shared/projection/member-list-store.ts';
import { newestMembers } from '../../shared/projection/newest-members.ts';
import { type DisplayFields, displayOf, isShownWith, type LeadDisplay } from '../../shared/vocabulary/display.ts';
import { leadFieldsOf } from '../../shared/vocabulary/vocabulary.ts';
import { answerSoon } from './answer-soon.ts';
import type { ApiWorld } from './api-world.ts';
import { fieldsAsked } from './export-members.ts';
import { maximumLooked } from './find-shown-leads.ts';

type Query = QueryOf<typeof memberRoutes.listMembers>;
type Position = NonNullable<Query['cursor']>;

/** A member, with the place behind it. */
interface Listed {
  readonly member: Member;
  readonly position: Position;
}

interface Page {
  readonly listed: readonly Listed[];
  readonly next?: Position | undefined;
}

const dayMs = 86_400_000;
/** Characters of JSON that attributes may have before the last member: Lambda answers up to 6 MB. */
const maximumCharacters = 1_500_000;

/** A page of the members that the query asks for. Throws 422 for what cannot be asked together, and unknown fields. */
export async function listMembers(world: ApiWorld, segment: Segment, query: Query) {
  const isByTime = query.order !== undefined || query.since !== undefined || query.until !== undefined;
  if (isByTime && query.source === 'excluded') {
    const message = 'excluded leads are not sorted by when they entered';
    throw invalid([{ path: '/source', code: 'not_allowed', message }]);
  }
  const fields =
    query.fields === undefined ? undefined : fieldsAsked(query.fields, leadFieldsOf(await world.vocabulary.read()));
  // An inactive segment is frozen: its memberships are kept aside, and it counts none.
  if (!segment.active) return { members: [] };
  const read = (asked: Query) =>
    isByTime ? byTime(world, segment, asked) : byPlace(world, segment.id, asked, asked.cursor);
  const page = await (query.q === undefined ? read(query) : search(world, read, query, query.q));
  return shownPage(world, page, { fields, shownBy: query.display ? await world.display.fields() : undefined });
}

/** A page of those of the members whose name, e-mail address or id has the text in it; short when not all are looked at in time. */
async function search(
  { leads, display, now }: ApiWorld,
  read: (query: Query) => Promise<Page>,
  query: Query,
  text: string,
): Promise<Page> {
  const isTimeUp = answerSoon(now);
  const isShown = isShownWith(text, await display.fields());
  const listed: Listed[] = [];
  let { cursor } = query;
  for (let looked = 0; ; ) {
    const page = await read({ ...query, limit: maximumLimit, cursor });
    const documents = await leads.read(page.listed.map(({ member }) => member.leadId));
    for (const one of page.listed) {
      const { leadId } = one.member;
      if (!isShown(documents.get(leadId) ?? { leadId, attributes: {} })) continue;
      listed.push(one);
      if (listed.length === query.limit) return { listed, next: one.position };
    }
    looked += page.listed.length;
    cursor = page.next;
    if (cursor === undefined || looked >= maximumLooked || isTimeUp()) return { listed, next: cursor };
  }
}

/** Members in the order in which they are stored. */
async function byPlace(
  { memberships }: ApiWorld,
  segmentId: string,
  { limit, source, prefix, since, until = Number.POSITIVE_INFINITY }: Query,
  cursor: Position | undefined,
  keptFrom?: number,
): Promise<Page> {
  const place = cursor && 'shard' in cursor ? cursor : undefined;
  if (place?.after !== undefined && !place.after.startsWith(prefix ?? '')) throw invalid([foreignCursor]);
  const span = keptFrom === undefined ? {} : { since, before: Math.min(keptFrom, until) };
  const filter = { source, prefix, ...span };
  const { members, next } = await memberships.members(segmentId, fromPosition(place), limit, filter);
  const positionAt = (at: { shard: number; after?: string }) => (keptFrom === undefined ? at : { keptFrom, place: at });
  const listed = members.map((member) => {
    const shard = shards.indexOf(shardOf(member.leadId));
    return { member, position: positionAt({ shard, after: member.leadId }) };
  });
  return { listed, next: next && positionAt(next) };
}

/**
 * Members by when they entered, the last first: as long as there is a history of entries, by that; those from before it
 * come after all others, as they are stored.
 */
async function byTime(world: ApiWorld, { id: segmentId, createdAt }: Segment, query: Query): Promise<Page> {
  const { limit, cursor, source, prefix, since, until } = query;
  const { activity, memberships, now, transitionRetentionDays } = world;
  // A day less, so that nothing of it expires while pages are read.
  const keptFrom = cursor && 'keptFrom' in cursor ? cursor.keptFrom : now() - (transitionRetentionDays - 1) * dayMs;
  const from = Math.max(keptFrom, since ?? keptFrom);
  if (cursor && 'place' in cursor) return byPlace(world, segmentId, query, cursor.place, keptFrom);
  const { members, next } = await newestMembers(
    { transitions: activity.transitions, membersAmong: memberships.membersAmong, isTimeUp: answerSoon(now) },
    segmentId,
    { source, prefix },
    { from, ...(until !== undefined && { until: until - 1 }) },
    cursor && 'keptFrom' in cursor ? cursor.after : undefined,
    limit,
  );
  const listed = members.map(({ member, position }) => ({ member, position: { keptFrom, after: position } }));
  if (next) return { listed, next: { keptFrom, after: next } };
  // Nobody entered before there was the segment.
  const isOver = Math.max(since ?? 0, Date.parse(createdAt)) >= keptFrom;
  return { listed, next: isOver ? undefined : { keptFrom, place: { shard: 0 } } };
}

/** What is told of members that is read from their documents. */
interface Told {
  readonly fields: readonly string[] | undefined;
  readonly shownBy: DisplayFields | undefined;
}

/** The page as it is answered, with what is told of leads; shorter where that is long. */
async function shownPage({ leads }: ApiWorld, { listed, next }: Page, { fields, shownBy }: Told) {
  const isTold = fields !== undefined || shownBy !== undefined;
  const documents = isTold ? await leads.read(listed.map(({ member }) => member.leadId)) : new Map();
  const members: (Member & LeadDisplay & { attributes?: ReturnType<typeof presentAttributes> })[] = [];
  let characters = 0;
  for (const [index, { member }] of listed.entries()) {
    if (characters > maximumCharacters) return { members, cursor: cursorOf(listed[index - 1]!.position) };
    const { attributes = {} } = documents.get(member.leadId) ?? {};
    const told = {
      ...(shownBy && displayOf(attributes, shownBy)),
      ...(fields && { attributes: presentAttributes(attributes, fields) }),
    };
    members.push({ ...member, ...told });
    characters += isTold ? JSON.stringify(told).length : 0;
  }
  return { members, ...(next && { cursor: cursorOf(next) }) };
}
