import { useEffect, useSyncExternalStore } from 'react';

/** What the address names. */
export type Route =
  | { readonly page: 'segments' }
  | { readonly page: 'segment'; readonly segmentId: string }
  | { readonly page: 'lead'; readonly leadId: string | undefined }
  | { readonly page: 'explanation'; readonly leadId: string; readonly segmentId: string }
  | { readonly page: 'imports' }
  | { readonly page: 'import'; readonly importId: string }
  | { readonly page: 'unknown' };

/** Addresses of the pages. */
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

/** Reads an address after its `#`. */
export function routeOf(hash: string): Route {
  const [room = '', id, innerRoom, innerId, ...rest] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decoded);
  if (rest.length > 0) return { page: 'unknown' };
  if (room === 'leads' && id && innerRoom === 'segments' && innerId) {
    return { page: 'explanation', leadId: id, segmentId: innerId };
  }
  if (innerRoom !== undefined) return { page: 'unknown' };
  if (room === '' || (room === 'segments' && !id)) return { page: 'segments' };
  if (room === 'segments' && id) return { page: 'segment', segmentId: id };
  if (room === 'leads') return { page: 'lead', leadId: id || undefined };
  if (room === 'imports') return id ? { page: 'import', importId: id } : { page: 'imports' };
  return { page: 'unknown' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let current = location.hash;
let unsaved: string | undefined;
const listeners = new Set<() => void>();

window.addEventListener('hashchange', () => {
  if (location.hash === current) return;
  if (unsaved !== undefined && !window.confirm(unsaved)) {
    history.pushState(null, '', current);
    return;
  }
  current = location.hash;
  window.scrollTo(0, 0);
  for (const listener of listeners) listener();
});

window.addEventListener('beforeunload', (event) => {
  if (unsaved !== undefined) event.preventDefault();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The page that the address names, now and after each change. */
export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => current));
}

/** Asks with this text before the page is left, as long as there is one. */
export function useLeaveQuestion(question: string | undefined): void {
  useEffect(() => {
    unsaved = question;
    return () => {
      unsaved = undefined;
    };
  }, [question]);
}

/** Goes to a page without asking, after what was unsaved is saved or gone. */
export function goTo(href: string): void {
  unsaved = undefined;
  location.hash = href;
}
