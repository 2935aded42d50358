import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { memo } from 'react';
import type { GroupRule } from '../../shared/rule/rule.ts';
import type { Rules } from '../drafts/rule-tree.ts';
import { useBuilder } from './builder-context.ts';
import { RuleEditor } from './rule-editor.tsx';
import classes from './rules.module.css';

interface RuleListProps {
  rules: Rules;
  match: GroupRule['match'];
  /** The ids of the groups that it is in, the outermost first, with a space after each. */
  within: string;
}

/** Rules one below the other, to edit, reorder, remove and add. */
export const RuleList = memo(function RuleList({ rules, match, within }: RuleListProps) {
  const { openPalette } = useBuilder();
  const groupId = within.split(' ').at(-2);
  return (
    <div className={classes.lines}>
      {rules.length > 0 && (
        <ol className={`${classes.list} ${match === 'all' ? classes.all : classes.any}`}>
          {rules.map((rule, index) => (
            <RuleEditor key={rule.id} rule={rule} index={index} within={within} />
          ))}
        </ol>
      )}
      <Button
        data-add
        variant={groupId ? 'subtle' : 'default'}
        size={groupId ? 'compact-sm' : 'sm'}
        className={classes.condition}
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        aria-label={groupId ? 'Add Rule to the group' : undefined}
        onClick={() => openPalette(groupId)}
      >
        Add Rule
      </Button>
    </div>
  );
});
