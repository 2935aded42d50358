import { fork } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { type Catalog, changeCatalog, compileCatalog } from '../shared/catalog/catalog.ts';
import { noEvents } from '../shared/lead/event-order.ts';
import { isMember, type LeadDocument, type MembershipState } from '../shared/lead/lead-document.ts';
import type { Subject } from '../shared/matcher/evaluation.ts';
import { segmentsThatMayFlip } from '../shared/matcher/matcher.ts';
import type { Flip } from '../shared/matcher/place.ts';
import { defaultLevels } from '../shared/vocabulary/levels.ts';
import { compareEveryWay, compareWithOracle } from './agreement.ts';
import { type MadeChange, madeChanges, madeSegments } from './lead-world.ts';
import { compare, median, short, table } from './measure.ts';
import { createPeers } from './peers.ts';

const now = 1_790_000_000_000;
const context = { levels: defaultLevels, eventRetentionDays: 400 };

const subjectOf = (document: LeadDocument): Subject => ({
  document,
  now,
  events: () => noEvents,
  eventsFlipAt: () => Number.POSITIVE_INFINITY,
  isMemberOf: (segmentId) => isMember(document, segmentId),
});

/** The segments a lead is in, by trying each: what a compiled loop does. */
function segmentsByLoop(catalog: Catalog, document: LeadDocument): string[] {
  const subject = subjectOf(document);
  const found: string[] = [];
  for (const [id, compiled] of catalog.active) if (compiled.holds(subject)) found.push(id);
  return found;
}

/** The segments that a change flips, by the index, and whether the lead is in them now. */
function flipsByMatcher(catalog: Catalog, { before, after, touched }: MadeChange): Flip[] {
  const flips = segmentsThatMayFlip(catalog.matcher, before, after, touched);
  for (let index = 0; index < flips.length; index++) {
    const { segmentId, holds } = flips[index]!;
    if (holds !== undefined) continue;
    flips[index] = { segmentId, holds: catalog.active.get(segmentId)!.holds(subjectOf(after)) };
  }
  return flips;
}

const member: MembershipState = {
  sequence: 1,
  since: now,
  source: 'rules',
  reason: 'rules',
  cause: { kind: 'profile_change', occurredAt: '2026-01-01T00:00:00.000Z' },
  revision: 1,
};

/** The changes with the memberships that the leads have before them. */
function withMemberships(catalog: Catalog, changes: readonly MadeChange[]): MadeChange[] {
  return changes.map((change) => {
    const ids = segmentsByLoop(catalog, change.before);
    const memberships = Object.fromEntries(ids.map((id) => [id, member]));
    return { ...change, before: { ...change.before, memberships }, after: { ...change.after, memberships } };
  });
}

/** What one size of catalog showed. */
export interface SizeResult {
  readonly segments: number;
  readonly flipsPerChange: number;
  /** Microseconds a change, by contender. */
  readonly micros: Readonly<Record<string, number>>;
  readonly disagreements: number;
}

/** Measures one size of catalog, everybody side by side. */
export async function measureSize(size: number, isQuick: boolean): Promise<SizeResult> {
  const segments = madeSegments(size, 7);
  const catalog = compileCatalog(1, segments, context);
  const changes = withMemberships(catalog, madeChanges(250, 11));
  const few = changes.slice(0, Math.max(3, Math.min(200, Math.floor(20_000 / size))));
  const fewest = few.slice(0, Math.max(2, Math.min(20, Math.floor(4_000 / size))));
  const fieldNames = [
    ...new Set(segments.flatMap(({ rules }) => rules.map((rule) => ('field' in rule ? rule.field! : '')))),
  ];
  const peers = size <= 1_000 ? createPeers(segments, fieldNames) : [];

  let flips = 0;
  let disagreements = 0;
  for (const change of few) {
    const expected = segmentsByLoop(catalog, change.after);
    const holds = new Map(flipsByMatcher(catalog, change).map((flip) => [flip.segmentId, flip.holds]));
    const byMatcher = [...catalog.active.keys()].filter((id) => holds.get(id) ?? isMember(change.before, id));
    if (byMatcher.join() !== expected.join()) disagreements++;
  }
  for (const change of changes) flips += flipsByMatcher(catalog, change).length;
  for (const peer of peers) {
    for (const change of fewest) {
      const answer = await peer.segmentsOf(factsOf(change.after));
      if ([...answer].sort().join() !== segmentsByLoop(catalog, change.after).sort().join()) disagreements++;
    }
  }

  let sink = 0;
  const micros = await compare(
    [
      {
        name: 'JSON.parse',
        count: changes.length * 40,
        run: () => {
          for (let pass = 0; pass < 40; pass++)
            for (const { message } of changes) sink += JSON.parse(message).leadId.length;
        },
      },
      {
        name: 'matcher',
        count: changes.length * 20,
        run: () => {
          for (let pass = 0; pass < 20; pass++)
            for (const change of changes) sink += flipsByMatcher(catalog, change).length;
        },
      },
      {
        name: 'compiled loop',
        count: few.length,
        run: () => {
          for (const { after } of few) sink += segmentsByLoop(catalog, after).length;
        },
      },
      ...peers.map((peer) => {
        const sample = peer.name === 'json-rules-engine' ? fewest : few;
        return {
          name: peer.name,
          count: sample.length,
          run: async () => {
            for (const { after } of sample) sink += (await peer.segmentsOf(factsOf(after))).length;
          },
        };
      }),
    ],
    isQuick ? 3 : 15,
  );
  if (sink < 0) throw new Error('Nothing was measured');
  return { segments: size, flipsPerChange: flips / changes.length, micros: Object.fromEntries(micros), disagreements };
}

function factsOf({ attributes }: LeadDocument): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

/** Milliseconds and heap to compile 1,000 segments, and milliseconds to change one of them. */
function measureCompilation(): { compileMs: number; changeMs: number; heapMegabytes: number } {
  const segments = madeSegments(1_000, 7);
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    compileCatalog(1, segments, context);
    return performance.now() - start;
  });
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  let catalog = compileCatalog(1, segments, context);
  globalThis.gc?.();
  const heapMegabytes = (process.memoryUsage().heapUsed - heapBefore) / 1e6;
  const replacements = madeSegments(100, 99);
  const changes = replacements.map((segment, index) => {
    const start = performance.now();
    catalog = changeCatalog(catalog, index + 2, { saved: [{ ...segment, id: `seg_${index * 7}` }], deleted: [] });
    return performance.now() - start;
  });
  // The first compilation of a process is the one a cold start pays.
  return { compileMs: times[0]!, changeMs: median(changes), heapMegabytes };
}

/** Each size starts with an engine that has compiled nothing for another size, as a function does. */
function inProcessOfItsOwn(size: number, isQuick: boolean): Promise<SizeResult> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('matcher-size.ts', import.meta.url), [String(size), String(isQuick)]);
    child.once('message', (result) => resolve(result as SizeResult));
    child.once('exit', (code) => reject(new Error(`Measuring ${size} segments ended with ${code}`)));
  });
}

/** Measures the matcher, prints its tables, and answers its figures. */
export async function benchMatcher(isQuick: boolean): Promise<Record<string, number>> {
  const compilation = measureCompilation();
  const results: SizeResult[] = [];
  for (const size of [10, 100, 1_000, 10_000]) results.push(await inProcessOfItsOwn(size, isQuick));
  const ratio = (result: SizeResult, name: string, to: string) => result.micros[name]! / result.micros[to]!;

  console.log('Finding the segments that a change flips (about 3 fields changed), microseconds a change, medians\n');
  console.log(
    table(
      ['segments', 'flip', 'JSON.parse', 'matcher', 'x parse', 'compiled loop', 'loop / matcher'],
      results.map((result) => [
        result.segments.toLocaleString('en-US'),
        short(result.flipsPerChange),
        short(result.micros['JSON.parse']!),
        short(result.micros.matcher!),
        `${short(ratio(result, 'matcher', 'JSON.parse'))}x`,
        short(result.micros['compiled loop']!),
        `${short(ratio(result, 'compiled loop', 'matcher'))}x`,
      ]),
    ),
  );
  const peerNames = ['json-logic-engine', 'json-logic-js', 'sift', 'mingo', 'json-rules-engine'];
  console.log('\nRule engines on the same segments and leads, microseconds a change, and times the matcher\n');
  console.log(
    table(
      ['segments', ...peerNames],
      results
        .filter(({ micros }) => micros.sift !== undefined)
        .map((result) => [
          result.segments.toLocaleString('en-US'),
          ...peerNames.map((name) => `${short(result.micros[name]!)} (${short(ratio(result, name, 'matcher'))}x)`),
        ]),
    ),
  );
  const agreement = await compareWithOracle(isQuick ? 20_000 : 1_000_000, 1);
  const everyWay = await compareEveryWay(isQuick ? 1 : 20, 1_001);
  const { compileMs, changeMs, heapMegabytes } = compilation;
  console.log(`\nCompiling 1,000 segments: ${short(compileMs)} ms, ${short(heapMegabytes)} MB of heap;`);
  console.log(`changing one of them: ${short(changeMs)} ms.`);
  const compared = agreement.decisions.toLocaleString('en-US');
  console.log(`\n${compared} decisions compared with the oracle: ${agreement.disagreements} differ.`);
  console.log('\nEvery operator in every place, by each way to the leads of a segment:');
  console.log(
    table(
      ['way', 'decisions'],
      [...everyWay.decisions].map(([way, decisions]) => [way, decisions.toLocaleString('en-US')]),
    ),
  );
  for (const difference of everyWay.differences) console.log(difference);

  const thousand = results[2]!;
  const tenThousand = results[3]!;
  const best = Math.min(...peerNames.slice(0, 4).map((name) => ratio(thousand, name, 'matcher')));
  return {
    'matcher.parseRatio.1000': ratio(thousand, 'matcher', 'JSON.parse'),
    'matcher.parseRatio.10000': ratio(tenThousand, 'matcher', 'JSON.parse'),
    'matcher.loopRatio.1000': ratio(thousand, 'compiled loop', 'matcher'),
    'matcher.loopRatio.10000': ratio(tenThousand, 'compiled loop', 'matcher'),
    'matcher.peerRatio.best.1000': best,
    'matcher.peerRatio.jsonRulesEngine.1000': ratio(thousand, 'json-rules-engine', 'matcher'),
    'matcher.compileMs.1000': compileMs,
    'matcher.changeMs.1000': changeMs,
    'matcher.heapMegabytes.1000': heapMegabytes,
    'matcher.decisionsCompared':
      agreement.decisions + [...everyWay.decisions.values()].reduce((sum, count) => sum + count, 0),
    'matcher.disagreements':
      agreement.disagreements +
      everyWay.differences.length +
      results.reduce((sum, { disagreements }) => sum + disagreements, 0),
  };
}
