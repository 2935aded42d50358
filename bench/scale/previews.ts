import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../oracle/oracle.ts';
import type { Members } from './ledger.ts';
import type { Name, ScaleRun } from './scale-run.ts';

/** Previews the rules of segments until each is exact, and compares what is found with the oracle. */
export async function previewAll(
  run: ScaleRun,
  step: string,
  { names, expected, isStored }: { names: readonly Name[]; expected: Members; isStored: boolean },
): Promise<void> {
  const startedAt = Date.now();
  let [wrong, members] = [0, 0];
  for (const name of names) {
    const id = run.idOf(name);
    const { match, rules } = run.definitionOf(name);
    const { total, leads, entering, leaving } = await untilExact(run, {
      ...{ match, rules },
      ...(isStored && { segmentId: id }),
    });
    members += Number(total);
    wrong += Math.abs(Number(total) - expected.get(id)!.size) + Math.abs(Number(leads) - run.leads);
    // Of what is stored, saving the same rules again moves nobody.
    if (isStored) wrong += totalOf(entering) + totalOf(leaving);
  }
  const seconds = (Date.now() - startedAt) / 1000;
  const events = { entered: 0, exited: 0, missingEvents: 0, unexpectedEvents: 0 };
  run.note({ step, seconds, leadsPerSecond: (run.leads * names.length) / seconds, members, wrong, ...events });
}

const totalOf = (part: unknown) => Number((part as Json).total);

async function untilExact(run: ScaleRun, question: object): Promise<Json> {
  let answer = await run.api('POST', '/preview', { ...question, fresh: true });
  while (answer.exact !== true) {
    await sleep(250);
    answer = await run.api('GET', `/previews/${answer.previewId}`);
  }
  return answer;
}
