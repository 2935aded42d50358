/** What did not agree, by what it was. */
export interface Drift {
  /** Leads whose document said otherwise than the rules. */
  readonly decisions: number;
  /** Rows of memberships that said otherwise than the document, were missing, or should not have been there. */
  readonly rows: number;
  /** Counts that said otherwise than the rows. */
  readonly counts: number;
}

/** What was compared, and what came of it. */
export interface Figures {
  /** Leads, rows and counts. */
  readonly compared: number;
  readonly drift: Drift;
  /** How much of the drift was put right at once. */
  readonly repaired: number;
}

/** Nothing compared yet. */
export const noFigures: Figures = { compared: 0, drift: { decisions: 0, rows: 0, counts: 0 }, repaired: 0 };

/** The sum of both. */
export function addFigures(a: Figures, b: Figures): Figures {
  return {
    compared: a.compared + b.compared,
    drift: {
      decisions: a.drift.decisions + b.drift.decisions,
      rows: a.drift.rows + b.drift.rows,
      counts: a.drift.counts + b.drift.counts,
    },
    repaired: a.repaired + b.repaired,
  };
}

/** How much did not agree. */
export function driftOf({ drift: { decisions, rows, counts } }: Figures): number {
  return decisions + rows + counts;
}

/** The share (0 to 1) of what was compared that agreed; 1 when nothing was. */
export function agreementRateOf(figures: Figures): number {
  return figures.compared === 0 ? 1 : (figures.compared - driftOf(figures)) / figures.compared;
}
