import { setTimeout as sleep } from 'node:timers/promises';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { isMember } from '../../shared/lead/lead-document.ts';
import { shards } from '../../shared/lead/shard.ts';
import { Findings, type Mismatch, mismatchOf } from './comparison.ts';
import type { Expected } from './expected.ts';
import type { MovedTime } from './moved-time.ts';
import type { Told } from './told.ts';

/** What the watcher compares. */
interface WatchedRun {
  readonly time: MovedTime;
  readonly told: Told;
  readonly expected: Expected;
  /** The documents of a shard, strongly consistent. */
  readonly documentsOf: (shard: string) => Promise<readonly LeadDocument[]>;
  /** The numbers of a lead's transitions in a segment that were silent, by the history. */
  readonly silentOf: (leadId: string, segmentId: string) => Promise<ReadonlySet<number>>;
}

/** What does not agree when nothing moves. All are 0 when everything is right. */
export interface QuietFaults {
  /** Transitions of documents that were never told, and are not silent. */
  lost: number;
  /** Leads that are members and should not be by the rules, or the other way around. */
  wrong: number;
  /** Events told of what the document does not know. */
  invented: number;
  /** Documents whose due moment is over. */
  overdue: number;
}

/** Compares the bus with documents and rules, shard by shard. */
export class Watcher {
  readonly findings = new Findings();
  /** Faults by name, for people. */
  readonly faults: string[] = [];
  /** Leads that fall due next, by the last look at each shard. */
  private readonly dueAt = new Map<string, number>();
  private readonly run: WatchedRun;

  constructor(run: WatchedRun) {
    this.run = run;
  }

  /** Leads that fall due before a moment (epoch ms) or are due. */
  dueBefore(moment: number): string[] {
    return [...this.dueAt].flatMap(([leadId, dueAt]) => (dueAt <= moment ? [leadId] : []));
  }

  /** Compares all the time, until it is told to stop. */
  watch(pauseMs: number): { stop: () => Promise<void> } {
    const stopped = new AbortController();
    const loop = async () => {
      for (let turn = 0; !stopped.signal.aborted; turn++) {
        await this.look(shards[turn % shards.length]!);
        await sleep(pauseMs);
      }
    };
    const running = loop();
    return {
      stop: () => {
        stopped.abort();
        return running;
      },
    };
  }

  /** Compares the leads of one shard while everything moves. */
  private async look(shard: string): Promise<void> {
    const { time, told, expected, documentsOf } = this.run;
    const now = time.now();
    const readFrom = Date.now();
    const documents = await documentsOf(shard);
    const readUntil = Date.now();
    for (const document of documents) {
      const { leadId, evaluatedAt, dueAt } = document;
      if (dueAt === undefined) this.dueAt.delete(leadId);
      else this.dueAt.set(leadId, dueAt);
      const moment = Math.max(now, evaluatedAt);
      const holding = expected.of(leadId, moment);
      let heldBefore: ReadonlySet<string> | undefined;
      const found: Mismatch[] = [];
      for (const segmentId of expected.segments.keys()) {
        this.findings.compared++;
        const state = document.memberships[segmentId];
        const toldOfPair = told.of(leadId, segmentId);
        if (toldOfPair.sequence > (state?.sequence ?? 0) && toldOfPair.readAt < readFrom) {
          this.findings.toldBeforeStored++;
          this.faults.push(`${leadId} ${segmentId}: ${toldOfPair.sequence} was told, ${state?.sequence} is stored`);
        }
        const mismatch = mismatchOf({
          ...{ document, state, told: toldOfPair, moment, holds: holding.has(segmentId) },
          heldWhenEvaluated: () => {
            heldBefore ??= expected.of(leadId, evaluatedAt);
            return heldBefore.has(segmentId);
          },
        });
        if (!mismatch) continue;
        found.push(mismatch);
        const since = mismatch === 'timeFlip' ? dueAt : state?.since;
        const machineSince = since === undefined || mismatch === 'onTheWay' ? undefined : time.machineTimeOf(since);
        if (machineSince !== undefined) this.findings.ages[mismatch].push(Math.max(0, readUntil - machineSince));
      }
      this.findings.noteLead(found);
    }
  }

  /** Compares all leads when nothing moves and everything was heard. */
  async compareQuiet(): Promise<QuietFaults> {
    const faults: QuietFaults = { lost: 0, wrong: 0, invented: 0, overdue: 0 };
    for (const shard of shards) {
      for (const document of await this.run.documentsOf(shard)) await this.compareQuietLead(document, faults);
    }
    return faults;
  }

  private async compareQuietLead(document: LeadDocument, faults: QuietFaults): Promise<void> {
    const { time, told, expected, silentOf } = this.run;
    const { leadId, dueAt = Number.POSITIVE_INFINITY } = document;
    const now = time.now();
    const holding = expected.of(leadId, now);
    const describe = (segmentId: string) => {
      const state = JSON.stringify(document.memberships[segmentId] ?? null);
      const { evaluatedAt, catalogVersion } = document;
      return `${leadId} ${segmentId} at ${now}: ${state}, told ${told.of(leadId, segmentId).sequence}, ${JSON.stringify({ dueAt, evaluatedAt, catalogVersion })}`;
    };
    if (dueAt <= now) {
      faults.overdue++;
      this.faults.push(`overdue: ${leadId} at ${now}: ${dueAt}`);
    }
    for (const segmentId of expected.segments.keys()) {
      this.findings.compared++;
      const sequence = document.memberships[segmentId]?.sequence ?? 0;
      const toldOfPair = told.of(leadId, segmentId);
      this.findings.noteOrder(toldOfPair);
      if (isMember(document, segmentId) !== holding.has(segmentId)) {
        faults.wrong++;
        this.faults.push(`wrong: ${describe(segmentId)}`);
      }
      if (toldOfPair.sequence > sequence) {
        faults.invented++;
        this.faults.push(`invented: ${describe(segmentId)}`);
      }
      const untold = Array.from({ length: sequence }, (_, index) => index + 1).filter(
        (number) => !told.has(leadId, segmentId, number),
      );
      if (untold.length === 0) continue;
      const silent = await silentOf(leadId, segmentId);
      const lost = untold.filter((number) => !silent.has(number));
      faults.lost += lost.length;
      if (lost.length > 0) this.faults.push(`lost: ${lost.join()} of ${describe(segmentId)}`);
      if (silent.has(sequence) && (toldOfPair.sequence % 2 === 1) !== holding.has(segmentId))
        this.findings.mismatches.silent++;
    }
  }
}
