import { useState } from 'react';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import { Page } from '../parts/page.tsx';
import { CreateSegmentDialog } from './lazy-create-segment-dialog.ts';
import { ListPlaces } from './list-places.tsx';
import { TemplateCards } from './template-cards.tsx';

/** The common segments, to make one of. */
export function TemplatesPage() {
  const [template, setTemplate] = useState<SegmentTemplate>();
  const [isOpen, setOpen] = useState(false);
  return (
    <Page heading="Templates" above={<ListPlaces />}>
      <TemplateCards
        onUse={(chosen) => {
          setTemplate(chosen);
          setOpen(true);
        }}
      />
      <CreateSegmentDialog isOpen={isOpen} onClose={() => setOpen(false)} template={template} />
    </Page>
  );
}
