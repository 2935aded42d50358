import { compareBus } from './bus/bus-run.ts';
import type { Mismatch } from './bus/comparison.ts';
import { short, table } from './measure.ts';

const kinds: readonly [Mismatch, string, string][] = [
  ['inFlight', 'bus.inFlight', 'the event was on its way'],
  ['timeFlip', 'bus.timeFlips', 'time had flipped it, and the due lead was not worked on yet'],
  ['onTheWay', 'bus.onTheWay', 'a change or a save was not worked on yet'],
  ['silent', 'bus.silent', 'the transition is silent'],
];

/** Compares what the bus tells with documents and rules, while leads fall due by the hundred and much else goes on. */
export async function benchBus({ leads = 3_000, rounds = 6, secondsPerRound = 100 } = {}) {
  const shown = await compareBus({ leads, rounds, secondsPerRound });
  const { findings, lags } = shown;
  const ofLag = (share: number) => at(lags, share);
  const figures: Record<string, number> = {
    'bus.compared': findings.compared,
    'bus.lost': shown.lost,
    'bus.wrong': shown.wrong + shown.overdue + shown.deadLetters,
    'bus.toldBeforeStored': findings.toldBeforeStored + shown.invented,
    ...Object.fromEntries(kinds.map(([kind, name]) => [name, findings.mismatches[kind]])),
    'bus.wrongByDelivery': findings.wrongByDelivery,
    'bus.wrongByMoment': findings.wrongByMoment,
    'bus.events': shown.events,
    'bus.lagP50Ms': ofLag(0.5),
    'bus.lagP99Ms': ofLag(0.99),
    'bus.lagMaxMs': lags.at(-1) ?? 0,
    'bus.timeFlipMaxMs': Math.max(0, ...findings.ages.timeFlip),
  };
  console.log(
    `\n${short(leads)} leads, ${short(shown.pairs / leads)} segments, ${short(shown.messages)} messages, ` +
      `${short(shown.saves)} saves and recalculations, ${short(shown.daysPassed)} days, ${short(shown.killed)} threads killed`,
  );
  const rows = [
    ['pairs of lead and segment compared', findings.compared.toLocaleString('en-US')],
    ['events told', short(shown.events)],
    ['lost when all was quiet', String(shown.lost)],
    ['members wrong, leads overdue, dead letters when all was quiet', String(figures['bus.wrong'])],
    ['messages sent again from the dead letters', short(shown.redriven)],
    ['told before stored', String(figures['bus.toldBeforeStored'])],
    ['from decision to event, p50 / p99 / longest ms', [0.5, 0.99, 1].map((share) => short(ofLag(share))).join(' / ')],
    ['events told after a newer one', short(shown.outOfOrder)],
    ['pairs that the last event told gets wrong when all is quiet', short(findings.wrongByDelivery)],
    ['pairs that the event of the latest moment gets wrong', short(findings.wrongByMoment)],
  ];
  console.log(table(['', 'measured'], rows));
  const mismatches = kinds.map(([kind, , why]) => {
    const ages = findings.ages[kind].sort((a, b) => a - b);
    const leadsAtOnce = [...findings.atOnce[kind]].sort(([a], [b]) => a - b);
    const found = leadsAtOnce.reduce((sum, [, count]) => sum + count, 0);
    const several = leadsAtOnce.reduce((sum, [segments, count]) => sum + (segments >= 5 ? count : 0), 0);
    const forHowLong = ages.length === 0 ? '' : [0.5, 0.99, 1].map((share) => short(at(ages, share))).join(' / ');
    return [why, findings.mismatches[kind].toLocaleString('en-US'), short(found), short(several), forHowLong];
  });
  const header = [
    'the newest event did not say what the rules said:',
    'pairs',
    'leads',
    'in 5 or more',
    'for p50/p99/max ms',
  ];
  console.log(`\n${table(header, mismatches)}`);
  for (const fault of shown.faults.slice(0, 20)) console.log(fault);
  return figures;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
