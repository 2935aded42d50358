import { Text } from '@mantine/core';
import { memo } from 'react';
import { describeRule } from '../../shared/rule/describe.ts';
import type { GroupRule, Rule } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';
import { problemsOfRule } from '../drafts/part-problems.ts';
import type { Rules } from '../drafts/rule-tree.ts';
import { useSegmentNames } from './rule-queries.ts';
import classes from './rules.module.css';

type SayRule = (rule: Rule) => string;

/** Rules in English: a sentence, and a list within it for every group. */
export const InWords = memo(function InWords({ rules: { match, rules } }: { rules: SegmentRules }) {
  const nameOf = useSegmentNames();
  const isOpen = (rule: Rule) => problemsOfRule(rule).length > 0;
  const say: SayRule = (rule) => (isOpen(rule) ? '…' : describeRule(rule, nameOf));
  if (rules.length === 0) return <Text size="sm">Only leads that are added manually are in it.</Text>;
  const [only] = rules;
  if (rules.length === 1 && only!.type !== 'group') {
    return <Text size="sm">{`A lead is in when ${say(only!)}${isOpen(only!) ? '' : '.'}`}</Text>;
  }
  return (
    <div>
      <Text size="sm">A lead is in when {match === 'all' ? 'all of these hold' : 'at least one of these holds'}:</Text>
      <WordsList rules={rules} say={say} />
    </div>
  );
});

const groupWords: Readonly<Record<GroupRule['match'], string>> = {
  all: 'all of these hold:',
  any: 'at least one of these holds:',
  none: 'none of these holds:',
};

function WordsList({ rules, say }: { rules: Rules; say: SayRule }) {
  return (
    <ul className={classes.words}>
      {rules.map((rule, index) => (
        <li key={rule.id ?? index}>
          <Text span size="sm">
            {rule.type === 'group' ? groupWords[rule.match] : say(rule)}
          </Text>
          {rule.type === 'group' && <WordsList rules={rule.rules} say={say} />}
        </li>
      ))}
    </ul>
  );
}
