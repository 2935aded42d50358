import { Button, Paper } from '@mantine/core';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import { useTemplates } from '../api/queries.ts';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import classes from './segment-list.module.css';
import { TemplateText } from './template-text.tsx';

/** The common segments as cards, each with who would be in it now. */
export function TemplateCards({ onUse }: { onUse: (template: SegmentTemplate) => void }) {
  const templates = useTemplates();
  if (templates.isPending) return <Loading what="templates" />;
  if (!templates.data) {
    return (
      <ProblemNotice
        title="The templates could not be read"
        error={templates.error}
        onRetry={() => void templates.refetch()}
      />
    );
  }
  return (
    <ul className={classes.templates}>
      {templates.data.templates.map((template) => (
        <Paper key={template.name} component="li" withBorder p="md" className={classes.template}>
          <div>
            <TemplateText template={template} />
          </div>
          <Button
            variant="default"
            size="xs"
            aria-label={`Use template ${template.name}`}
            onClick={() => onUse(template)}
          >
            Use template
          </Button>
        </Paper>
      ))}
    </ul>
  );
}
