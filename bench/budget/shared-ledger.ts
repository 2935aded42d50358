import {
  type Claim,
  type LedgerStore,
  noClaims,
  type SlotClaims,
  type TableState,
  unknownTable,
} from '../../shared/read-budget/ledger.ts';

/** What processes share of a table, in memory, as DynamoDB keeps it: one write after the other, each of them answered later. */
export class SharedLedger implements LedgerStore {
  // It was scanned before: how large pages are is known.
  private state: TableState = { ...unknownTable, pageUnits: 200 };
  private readonly slots = new Map<number, SlotClaims>();
  private readonly travel: () => Promise<void>;
  writes = 0;

  /** `travel`: waits as long as a call takes, one way. */
  constructor(travel: () => Promise<void>) {
    this.travel = travel;
  }

  async read(slot: number) {
    await this.travel();
    return { state: this.state, claims: this.slots.get(slot)?.claims ?? 0 };
  }

  async claim(slot: number, claims: readonly Claim[], repeated: number) {
    await this.travel();
    this.writes++;
    const before = this.slots.get(slot) ?? noClaims;
    const units = { ...before.units };
    for (const { key, units: of } of claims) units[key] = (units[key] ?? 0) + of;
    const after = { claims: before.claims + claims.length - repeated, units };
    this.slots.set(slot, after);
    await this.travel();
    return after;
  }

  async noteLimit(limit: number, at: number, before: number) {
    await this.travel();
    this.writes++;
    if (this.state.limitedAt < before) this.state = { ...this.state, limit, limitedAt: at };
  }

  async notePage(units: number) {
    await this.travel();
    this.writes++;
    this.state = { ...this.state, pageUnits: Math.max(this.state.pageUnits ?? 0, units) };
  }
}
