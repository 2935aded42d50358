/** The source of every event on the bus. */
export const eventSource = 'lead-segments';

/** One event for the bus. */
export interface BusEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
