import type { LevelOrder } from './operator.ts';

/** Level names from lowest to highest. */
export interface Levels {
  readonly engagement: LevelOrder;
  readonly profile: LevelOrder;
  readonly account: LevelOrder;
}

/** What has levels: how warm a lead is, how well it fits, and how much its account is wanted. */
export type LevelKind = keyof Levels;

const kindByRuleType: ReadonlyMap<string, LevelKind> = new Map([
  ['engagement_level', 'engagement'],
  ['profile_level', 'profile'],
  ['account_level', 'account'],
]);

/** The kind of level that a rule of that type reads; undefined for rules on anything else. */
export function levelKindOf({ type }: { readonly type: string }): LevelKind | undefined {
  return kindByRuleType.get(type);
}
