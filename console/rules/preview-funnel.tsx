import { Button, Text } from '@mantine/core';
import { memo, useState } from 'react';
import { describeRule } from '../../shared/rule/describe.ts';
import type { SegmentRules } from '../api/answers.ts';
import { formatCount } from '../words/format.ts';
import type { Funnel } from './funnel-mark.tsx';
import classes from './preview-funnel.module.css';
import { useSegmentNames } from './rule-queries.ts';

interface PreviewFunnelProps {
  /** The rules that were counted. */
  rules: SegmentRules['rules'];
  /** Of how many leads. */
  leads: number;
  funnel: Funnel;
}

/** Of a longer funnel only so many steps are shown at first, and the one that changes most. */
const shownAtFirst = 20;

/** How many leads are left after each rule, and which of them cuts most; nothing for a single rule. */
export const PreviewFunnel = memo(function PreviewFunnel({ rules, leads, funnel }: PreviewFunnelProps) {
  const nameOf = useSegmentNames();
  const [isWhole, setWhole] = useState(false);
  if (rules.length < 2) return null;
  const steps = rules.flatMap((rule) => {
    const left = funnel.left.get(rule.id ?? '');
    return left === undefined ? [] : [{ rule, left }];
  });
  const changes = steps.map(({ left }, index) => {
    const before = index === 0 ? (funnel.isAny ? 0 : leads) : steps[index - 1]!.left;
    return Math.abs(before - left);
  });
  const most = changes.indexOf(Math.max(...changes));
  const shown = isWhole ? steps : steps.filter((step, index) => index < shownAtFirst || step === steps[most]);
  const sign = funnel.exact ? '' : '~';
  return (
    <section aria-label="Funnel by rule">
      <Text size="xs" fw={600} c="dimmed" mb={6}>
        Rule by rule, of {formatCount(leads)}
      </Text>
      <ol className={classes.funnel}>
        {shown.map((step) => (
          <li key={step.rule.id}>
            {step === steps[most] && most > shownAtFirst && !isWhole && (
              <Text size="xs" c="dimmed">
                …
              </Text>
            )}
            <span className={classes.funnelText}>
              <Text span size="xs" lineClamp={2}>
                {describeRule(step.rule, nameOf)}
              </Text>
              <Text span size="xs" fw={600} className={classes.figure}>
                {sign}
                {formatCount(step.left)}
              </Text>
            </span>
            <div className={classes.track} aria-hidden="true">
              <div className={classes.fill} style={{ width: `${(100 * step.left) / Math.max(1, leads)}%` }} />
            </div>
            {step === steps[most] && steps.length > 1 && changes[most]! > 0 && (
              <Text size="xs" c="dimmed">
                {funnel.isAny ? 'Adds most: +' : 'Cuts most: −'}
                {formatCount(changes[most]!)}
              </Text>
            )}
          </li>
        ))}
      </ol>
      {steps.length > shownAtFirst && !isWhole && (
        <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setWhole(true)}>
          Show all {formatCount(steps.length)} steps
        </Button>
      )}
    </section>
  );
});
