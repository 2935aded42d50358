import { Text } from '@mantine/core';
import { memo } from 'react';
import type { GroupRule, Rule } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';
import type { Rules } from '../drafts/rule-tree.ts';
import { unsaid, useRuleWords } from './rule-queries.ts';
import classes from './rules.module.css';

type SayRule = (rule: Rule) => string;

/** Rules in English: a sentence, and a list within it for every group. */
export const InWords = memo(function InWords({ rules: { match, rules } }: { rules: SegmentRules }) {
  const say = useRuleWords();
  if (rules.length === 0) return <Text size="sm">Only leads that are added manually are in it.</Text>;
  const [only] = rules;
  if (rules.length === 1 && only!.type !== 'group') {
    const said = say(only!);
    return <Text size="sm">{`A lead is in when ${said}${said === unsaid ? '' : '.'}`}</Text>;
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
    // Out of view it is not laid out: so long is a line a rule.
    <ul className={classes.words} style={{ containIntrinsicBlockSize: `auto ${rules.length * 1.45}em` }}>
      {rules.map((rule, index) => (
        <WordsLine key={rule.id ?? index} rule={rule} say={say} />
      ))}
    </ul>
  );
}

/** One rule, said again only when it is edited. */
const WordsLine = memo(function WordsLine({ rule, say }: { rule: Rule; say: SayRule }) {
  return (
    <li>
      {rule.type === 'group' ? groupWords[rule.match] : say(rule)}
      {rule.type === 'group' && <WordsList rules={rule.rules} say={say} />}
    </li>
  );
});
