import type { OperandKind } from '../../shared/rule/operator.ts';
import { numberOf } from '../../shared/rule/value.ts';

const isOneText = (kind: OperandKind) => kind === 'scalar' || kind === 'text' || kind === 'level';

/** What of a value can be kept when a rule's operator is exchanged for one that takes another kind. */
export function operandFor(value: unknown, from: OperandKind, to: OperandKind): unknown {
  if (to === 'none' || value === undefined) return undefined;
  if (from === to) return value;
  if (isOneText(to)) {
    const [single] = from === 'list' && Array.isArray(value) ? value : [value];
    if (to === 'scalar') return isOneText(from) || from === 'list' || from === 'number' ? single : undefined;
    return typeof single === 'string' && from !== 'date' ? single : undefined;
  }
  if (to === 'list') return isOneText(from) ? [value] : undefined;
  if (to === 'number') return from === 'scalar' ? numberOf(value) : undefined;
  return undefined;
}
