import { isEmpty, type Value } from '../rule/value.ts';
import { type Named, own } from './lead-document.ts';

/** What is shown of a value: nothing when it is empty. */
export function unlessEmpty<T>(value: T | null | undefined): T | undefined {
  return isEmpty(value) ? undefined : (value ?? undefined);
}

/** The attributes that are not empty; `names`: of these, in their order. */
export function presentAttributes(
  attributes: Named<Value | null>,
  names: readonly string[] = Object.keys(attributes),
): Named<Value> {
  const present = names.flatMap((name) => {
    const value = unlessEmpty(own(attributes, name));
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(present);
}
