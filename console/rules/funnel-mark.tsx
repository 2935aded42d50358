import { Text } from '@mantine/core';
import { createContext, use } from 'react';
import { formatCount } from '../words/format.ts';
import classes from './rules.module.css';

/** How many leads are left after each rule of the list, by its id. */
export interface Funnel {
  readonly left: ReadonlyMap<string, number>;
  /** With `any`: how many one of the rules so far holds of. */
  readonly isAny: boolean;
  readonly exact: boolean;
}

export const FunnelContext = createContext<Funnel | undefined>(undefined);

/** How many leads are left after a rule, beside it. */
export function FunnelMark({ ruleId }: { ruleId: string }) {
  const funnel = use(FunnelContext);
  const left = funnel?.left.get(ruleId);
  if (!funnel || left === undefined) return null;
  return (
    <Text span size="xs" c="dimmed" className={classes.figure}>
      {funnel.exact ? '' : 'about '}
      {formatCount(left)} {funnel.isAny ? 'so far' : 'left'}
    </Text>
  );
}
