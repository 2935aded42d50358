import { lazyDialog } from '../parts/lazy-dialog.tsx';

/** Makes a new segment, empty or with the rules of a template, and opens it. */
export const CreateSegmentDialog = lazyDialog(async () => {
  return (await import('./create-segment-dialog.tsx')).CreateSegmentDialog;
});
