/** A whole number that the context names, within bounds; throws for anything else. */
export function wholeNumber(what: string, value: unknown, from: number, to: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= from && number <= to) return number;
  throw new Error(`The context "${what}" must be a whole number from ${from} to ${to}, not ${JSON.stringify(value)}`);
}
