import { Badge, Button, Collapse, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import { ConflictPanel } from '../rules/conflict-panel.tsx';
import { formatCount, formatShare } from '../words/format.ts';
import { PreviewPanel, totalOf } from './preview-panel.tsx';
import { RulesCard } from './rules-card.tsx';
import { type RulesPreview, useRulesPreview } from './rules-preview.ts';
import classes from './rules-tab.module.css';
import { useSegmentOfPage } from './segment-context.ts';
import type { SegmentDraft } from './segment-draft.ts';
import { SegmentSummaryCard } from './segment-summary-card.tsx';

/** The rules of a segment, with who would match them always in view. */
export function RulesTab() {
  const draft = useSegmentOfPage();
  const preview = useRulesPreview(draft);
  const isNarrow = useMediaQuery('(max-width: 62em)', window.innerWidth < 992, { getInitialValueInEffect: false });
  return (
    <>
      {draft.isOutdated && (
        <ConflictPanel
          base={draft.base}
          theirs={draft.segment}
          mine={draft.rules}
          author={draft.segment.updatedBy}
          onTakeTheirs={draft.takeTheirs}
          onPutMineOnTop={draft.putMineOnTop}
        />
      )}
      <div className={classes.columns}>
        <RulesCard draft={draft} preview={preview} />
        {isNarrow ? (
          <PreviewBar draft={draft} preview={preview} />
        ) : (
          <aside aria-label="Size and preview" className={classes.aside}>
            <SegmentSummaryCard segment={draft.segment} />
            <PreviewPanel draft={draft} preview={preview} />
          </aside>
        )}
      </div>
    </>
  );
}

/** Where there is no room for a column: the total at the bottom of the window, the rest when it is opened. */
function PreviewBar({ draft, preview }: { draft: SegmentDraft; preview: RulesPreview }) {
  const [isOpen, setOpen] = useState(false);
  const { answer, isComplete } = preview;
  const Chevron = isOpen ? IconChevronDown : IconChevronUp;
  return (
    <aside aria-label="Size and preview" className={classes.bar}>
      <Collapse expanded={isOpen}>
        <div className={classes.barBody}>
          <SegmentSummaryCard segment={draft.segment} />
          <PreviewPanel draft={draft} preview={preview} />
        </div>
      </Collapse>
      <Group justify="space-between" wrap="nowrap" className={classes.barFoot}>
        <Group gap="xs">
          <Text fw={600} size="sm">
            {answer ? `${totalOf(answer)} of ${formatCount(answer.leads)} match` : 'Preview'}
          </Text>
          {answer?.exact && <Badge variant="default">{formatShare(answer.share)}</Badge>}
          {!isComplete && (
            <Text size="xs" c="dimmed">
              before this edit
            </Text>
          )}
        </Group>
        <Button
          variant="subtle"
          size="sm"
          flex="none"
          aria-expanded={isOpen}
          rightSection={<Chevron size={16} aria-hidden="true" />}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Hide preview' : 'Show preview'}
        </Button>
      </Group>
    </aside>
  );
}
