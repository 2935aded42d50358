/** Addresses of the pages, for what is no typed link yet. */
export const hrefs = {
  segments: '#/segments',
  segment: (segmentId: string) => `#/segments/${encodeURIComponent(segmentId)}`,
  leads: '#/leads',
  lead: (leadId: string) => `#/leads/${encodeURIComponent(leadId)}`,
  explanation: (leadId: string, segmentId: string) =>
    `#/leads/${encodeURIComponent(leadId)}/segments/${encodeURIComponent(segmentId)}`,
  imports: '#/imports',
  import: (importId: string) => `#/imports/${encodeURIComponent(importId)}`,
};

/** Goes to a page. */
export function goTo(href: string): void {
  location.hash = href;
}
