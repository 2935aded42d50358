import { labelsOf, maximumNameLength, type Segment } from '../catalog/segment.ts';
import type { Rule } from '../rule/rule.ts';
import { fold } from '../rule/value.ts';
import { planCreate, type SaveContext, type SavePlan } from './save-segment.ts';

/**
 * Plans a new, inactive segment with the same rules under new ids. Without a name it takes the first free one of
 * "NAME (copy)", "NAME (copy 2)" … Throws as `planCreate` does.
 */
export function planCopy(original: Segment, name: string | undefined, context: SaveContext): SavePlan {
  const { description, match, rules } = original;
  const content = {
    name: name ?? freeCopyName(original.name, context.known.values()),
    description,
    active: false,
    match,
    rules: withoutIds(rules),
    ...labelsOf(original),
  };
  return { ...planCreate(content, context), origin: { copiedFrom: original.id } };
}

/** The first name for a copy that no segment has; a long one is cut, so that what tells copies apart still fits. */
export function freeCopyName(name: string, segments: Iterable<{ readonly name: string }>): string {
  const taken = new Set([...segments].map((segment) => fold(segment.name)));
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? ' (copy)' : ` (copy ${count})`;
    const candidate = `${cut(name, maximumNameLength - suffix.length)}${suffix}`;
    if (!taken.has(fold(candidate))) return candidate;
  }
}

/** The first characters (code points) of a text. */
function cut(text: string, count: number): string {
  return [...text].slice(0, count).join('');
}

function withoutIds(rules: readonly Rule[]): readonly Rule[] {
  return rules.map((rule): Rule => {
    const { id: _id, ...rest } = rule;
    return rest.type === 'group' ? { ...rest, rules: withoutIds(rest.rules) } : rest;
  });
}
