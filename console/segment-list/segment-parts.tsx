import { Checkbox, Switch, Text } from '@mantine/core';
import type { SegmentSummary } from '../api/answers.ts';
import { isRecalculating } from '../api/live.ts';
import { TextLink } from '../parts/link.tsx';
import { RecalculationState } from '../segments/recalculation-state.tsx';
import type { useSegmentActs } from '../segments/segment-acts.tsx';
import classes from './segment-list.module.css';

/** What rows and cards of the list show and do. */
export interface RowProps {
  readonly segment: SegmentSummary;
  readonly days: SegmentSummary['activity'];
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
  readonly acts: ReturnType<typeof useSegmentActs>;
}

/** The name as a link, the description in two lines, and what its recalculation is at. */
export function SegmentName({ segment: { id, name, description, recalculation } }: Pick<RowProps, 'segment'>) {
  const isOfNote = isRecalculating(recalculation) || recalculation?.state === 'failed';
  return (
    <>
      <div className={classes.name}>
        <TextLink to="/segments/$segmentId/rules" params={{ segmentId: id }}>
          {name}
        </TextLink>
      </div>
      {description && (
        <Text size="sm" c="dimmed" lineClamp={2} className={classes.words}>
          {description}
        </Text>
      )}
      {isOfNote && (
        <Text size="sm" component="div">
          <RecalculationState progress={recalculation} />
        </Text>
      )}
    </>
  );
}

/** Whether the segment is active, to change. */
export function SegmentSwitch({ segment, acts }: Pick<RowProps, 'segment' | 'acts'>) {
  const isChanging = acts.changingId === segment.id;
  return (
    <Switch
      aria-label={`${segment.name} is active`}
      checked={segment.active}
      aria-busy={isChanging}
      onChange={(event) => !isChanging && void acts.setActive(segment, event.currentTarget.checked)}
    />
  );
}

/** Chooses a segment for what is done with several. */
export function SegmentCheckbox({ segment, isSelected, onSelect }: Omit<RowProps, 'days' | 'acts'>) {
  return (
    <Checkbox
      aria-label={`Select ${segment.name}`}
      checked={isSelected}
      onChange={(event) => onSelect(event.currentTarget.checked)}
    />
  );
}
