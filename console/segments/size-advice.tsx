import { Badge, Group, Text, Tooltip } from '@mantine/core';
import type { SizeAdvice } from '../../shared/catalog/segment.ts';
import { formatShare } from '../words/format.ts';
import classes from './size-advice.module.css';

const words = {
  none: { name: 'Nobody', advice: 'No lead is in it.' },
  too_narrow: {
    name: 'Too narrow',
    advice: 'Very few leads: hardly worth a campaign, and hard to learn from.',
  },
  tight: { name: 'Tight', advice: 'A small, focused audience.' },
  healthy: { name: 'Healthy', advice: 'A good size to work with.' },
  broad: { name: 'Broad', advice: 'A large audience: another rule could sharpen it.' },
  too_broad: {
    name: 'Too broad',
    advice: 'More than half of all leads: this hardly tells anybody apart.',
  },
} satisfies Record<SizeAdvice, { name: string; advice: string }>;

/** Size advice as one word; the sentence shows to who points, tabs or taps. */
export function SizeBadge({ size }: { size: SizeAdvice }) {
  return (
    <Tooltip label={words[size].advice} withinPortal={false}>
      <Badge className={classes.badge} data-size={size} variant="default" tabIndex={0} tt="none">
        {words[size].name}
      </Badge>
    </Tooltip>
  );
}

/** Size advice as one word. */
export function sizeName(size: SizeAdvice): string {
  return words[size].name;
}

/** Size advice as a sentence. */
export function sizeSentence(size: SizeAdvice): string {
  return words[size].advice;
}

/** The share of all leads as a bar and a figure. */
export function ShareBar({ share, size }: { share: number; size: SizeAdvice }) {
  const width = `${share > 0 ? Math.max(2, share * 100) : 0}%`;
  return (
    <Group gap="xs" wrap="nowrap">
      <span className={classes.track} aria-hidden="true">
        <span className={classes.fill} data-size={size} style={{ width }} />
      </span>
      <Text span size="sm" className={classes.figure}>
        {formatShare(share)}
      </Text>
    </Group>
  );
}
