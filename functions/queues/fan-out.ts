import type { SQSRecord } from 'aws-lambda';
import type { AccountFanOutMessage } from '../../shared/account/fan-out.ts';
import { createFanOutStore, newFanOutNoteId } from '../../shared/freshness/fan-out-store.ts';
import type { LeadOutcome } from '../../shared/membership/evaluate-leads.ts';
import { evaluateAndFollowUp, type LeadStores } from '../lead-stores.ts';
import type { RefusedMessage } from './dead-letters.ts';
import { refusedLeads } from './refused-leads.ts';

const leadsPerPage = 200;

/** What became of a message: what is left of it, and leads whose documents have no room for what was decided. */
interface FanOutResult {
  readonly rest?: AccountFanOutMessage | undefined;
  readonly refused?: RefusedMessage | undefined;
}

/**
 * Evaluates the leads of a range of an account's roster, page by page until it is done or time is up. Leads that fail get
 * a message of their own: a range delivered again would evaluate the others again each time.
 */
export function createFanOut(
  stores: LeadStores,
  segmentsTable: string,
  send: (message: AccountFanOutMessage) => Promise<void>,
) {
  const pending = createFanOutStore(stores.clients, segmentsTable);

  const evaluate = ({ accountId }: AccountFanOutMessage, leadIds: readonly string[], since: number) =>
    evaluateAndFollowUp(
      stores,
      leadIds.map((leadId) => ({ leadId, accountId })),
      { since },
    );

  const fanOutTo = async (message: AccountFanOutMessage, leadIds: readonly string[], since: number) => {
    const { outcomes, failed } = await evaluate(message, leadIds, since);
    const [first] = failed;
    if (first) throw new Error(`${failed.size} leads of account ${message.accountId} failed; ${first[0]}: ${first[1]}`);
    return { outcomes: [...outcomes.values()] };
  };

  const fanOutToRange = async (message: AccountFanOutMessage, since: number, isTimeUp: () => boolean) => {
    const { accountId } = message;
    const refused: LeadOutcome[] = [];
    let { after } = message;
    for (;;) {
      const page = await stores.accounts.roster({ ...message, after }, leadsPerPage);
      const { outcomes, failed } = await evaluate(message, page.leadIds, since);
      refused.push(...[...outcomes.values()].filter((outcome) => outcome.refused !== undefined));
      if (failed.size > 0) {
        const noteId = newFanOutNoteId();
        await pending.add([{ noteId, since }], Date.now());
        await send({ kind: 'account_fan_out', accountId, leadIds: [...failed.keys()], since, noteId });
      }
      after = page.next;
      if (after === undefined) return { outcomes: refused };
      if (isTimeUp()) return { outcomes: refused, rest: { ...message, after, since } };
    }
  };

  return async (record: SQSRecord, message: AccountFanOutMessage, isTimeUp: () => boolean): Promise<FanOutResult> => {
    const { accountId, leadIds, noteId, since = Number(record.attributes.SentTimestamp) } = message;
    const { outcomes, rest } = leadIds
      ? { ...(await fanOutTo(message, leadIds, since)), rest: undefined }
      : await fanOutToRange(message, since, isTimeUp);
    if (noteId !== undefined && !rest) await pending.remove(noteId);
    const refused = refusedLeads(
      record,
      outcomes,
      (ids): AccountFanOutMessage => ({ kind: 'account_fan_out', accountId, leadIds: [...ids] }),
    );
    return { rest, refused };
  };
}
