import { PreviewPanel } from './preview-panel.tsx';
import { RulesCard } from './rules-card.tsx';
import { useRulesPreview } from './rules-preview.ts';
import { useSegmentOfPage } from './segment-context.ts';
import { SegmentSummaryCard } from './segment-summary-card.tsx';

/** The rules of a segment, with who would match them. */
export function RulesTab() {
  const draft = useSegmentOfPage();
  const preview = useRulesPreview(draft);
  return (
    <>
      {draft.isOutdated && (
        <div className="notice notice-warn" role="alert">
          <div>
            <strong>Somebody else changed this segment</strong>
            <p>Reload to see their version. Your changes of the rules that are not saved will be gone.</p>
          </div>
          <div className="notice-actions">
            <button type="button" onClick={() => void draft.reload()}>
              Reload
            </button>
          </div>
        </div>
      )}
      <div className="segment-columns">
        <RulesCard draft={draft} preview={preview} />
        <aside aria-label="Size and preview">
          <SegmentSummaryCard segment={draft.segment} />
          <PreviewPanel draft={draft} preview={preview} />
        </aside>
      </div>
    </>
  );
}
