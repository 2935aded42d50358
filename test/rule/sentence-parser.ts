import { type OperandKind, type Operator, operators } from '../../shared/rule/operator.ts';

/** What a sentence says, in the one form that all rules of the same meaning have. */
export type Meaning = Readonly<Record<string, unknown>>;

type OperandForm = 'none' | 'one' | 'two' | 'list' | 'days';
const forms: Partial<Record<OperandKind, OperandForm>> = { none: 'none', range: 'two', list: 'list', days: 'days' };

/** Operators by their phrases, the longer ones first: some begin like others. */
const byPhrase = [...operators.values()].sort((a, b) => b.phrase.length - a.phrase.length);
const formOf = ({ operand }: Operator): OperandForm => forms[operand] ?? 'one';

/**
 * Reads the sentence of a segment's rules from left to right, without ever going back: whatever it reads could not have been
 * said otherwise. Written from the documentation of sentences, but for the phrases of operators. Throws where it is none.
 */
export function parseSentence(sentence: string, idOf: (segmentName: string) => string): Meaning {
  let at = 0;
  const fail = (expected: string): never => {
    throw new Error(`Expected ${expected} at ${JSON.stringify(sentence.slice(at))} of ${JSON.stringify(sentence)}`);
  };
  /** Reads that text, if it stands there. */
  const takes = (text: string): boolean => {
    if (!sentence.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const take = (text: string): void => void (takes(text) || fail(text));
  const takeMatch = (pattern: RegExp, expected: string): string => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(sentence) ?? fail(expected);
    at += found.length;
    return found;
  };
  const quotedText = (): string => JSON.parse(takeMatch(/"(?:[^"\\]|\\.)*"/uy, 'a text in quotes'));
  const number = (): number => Number(takeMatch(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/uy, 'a number'));
  const scalar = (): unknown => {
    if (takes('true')) return true;
    if (takes('false')) return false;
    return sentence[at] === '"' ? quotedText() : number();
  };
  const name = (): string =>
    sentence[at] === '"' ? quotedText() : takeMatch(/[\p{L}_][\p{L}\p{N}_.-]*/uy, 'the name of a field');
  const counted = (noun: string): number => {
    const count = number();
    take(count === 1 ? ` ${noun}` : ` ${noun}s`);
    return count;
  };
  const list = (): unknown[] => {
    const values = [scalar()];
    while (takes(', ')) values.push(scalar());
    return values;
  };
  const operand: Readonly<Record<OperandForm, () => unknown>> = {
    none: () => undefined,
    one: scalar,
    list,
    days: () => counted('day'),
    two: () => {
      const low = scalar();
      take(' and ');
      return [low, scalar()];
    },
  };
  const comparison = (): Meaning => {
    take(' ');
    const startOf = (one: Operator) => (formOf(one) === 'none' ? one.phrase : `${one.phrase} `);
    const found = byPhrase.find((one) => sentence.startsWith(startOf(one), at)) ?? fail('an operator');
    take(startOf(found));
    const value = operand[formOf(found)]();
    if (found.phraseAfter !== undefined) take(` ${found.phraseAfter}`);
    if (found.isComplement && found.operand !== 'none') take(' (or is empty)');
    return { operator: found.name, ...(value !== undefined && { value }) };
  };
  const times = (): Meaning => {
    if (takes('never')) return { atLeast: 0, atMost: 0 };
    if (takes('at least once')) return { atLeast: 1 };
    if (takes('at least ')) return { atLeast: counted('time') };
    if (takes('at most ')) return { atLeast: 0, atMost: counted('time') };
    if (takes('exactly ')) {
      const exactly = counted('time');
      return { atLeast: exactly, atMost: exactly };
    }
    const atLeast = number();
    take(' to ');
    return { atLeast, atMost: counted('time') };
  };
  const events = (): Meaning => {
    const eventType = quotedText();
    const comparisons: Meaning[] = [];
    if (takes(' where ')) {
      do comparisons.push({ field: name(), ...comparison() });
      while (takes(' and '));
    }
    take(' ');
    const counts = times();
    const withinDays = takes(' in the last ') ? counted('day') : undefined;
    return {
      type: 'event_metadata',
      eventType,
      comparisons,
      ...counts,
      ...(withinDays !== undefined && { withinDays }),
    };
  };
  const rule = (): Meaning => {
    if (takes('not (')) return group('none');
    if (takes('(')) return group();
    if (takes('did ')) return events();
    if (takes('is in the segment ')) return { type: 'segment', operator: 'in', segmentId: idOf(quotedText()) };
    if (takes('is not in the segment ')) return { type: 'segment', operator: 'not_in', segmentId: idOf(quotedText()) };
    if (takes("the account's level ")) return levelRule('account_level');
    if (takes("the account's ")) return { type: 'account_metadata', field: name(), ...comparison() };
    if (takes('engagement level ')) return levelRule('engagement_level');
    if (takes('profile level ')) return levelRule('profile_level');
    return { type: 'lead_metadata', field: name(), ...comparison() };
  };
  const levelRule = (type: string): Meaning => {
    at--;
    return { type, ...comparison() };
  };
  const rulesJoined = (): { joint: string; rules: Meaning[] } => {
    const rules = [rule()];
    const joint = [' and ', ' or '].find((word) => sentence.startsWith(word, at)) ?? '';
    while (joint !== '' && takes(joint)) rules.push(rule());
    return { joint, rules };
  };
  const group = (none?: 'none'): Meaning => {
    const { joint, rules } = rulesJoined();
    take(')');
    // One rule is all of one, and any of one.
    const match = none ?? (joint === ' or ' ? 'any' : 'all');
    if (none && joint === ' and ') fail('or');
    return { type: 'group', match, rules };
  };
  const { joint, rules } = rulesJoined();
  if (at < sentence.length) fail('the end');
  return { match: joint === ' or ' ? 'any' : 'all', rules };
}
