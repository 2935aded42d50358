import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { answersFor, catalogsOf, checkableSegments, heldIn, storedVersions } from './document-errors.ts';
import type { Cloud } from './store/cloud.ts';
import type { Answers } from './world.ts';

/**
 * What is wrong with manual changes: one that was answered was never stored, one is forgotten although lead and segment are
 * there, or an addition or removal still stands although the rules have changed their mind since, or were saved.
 */
export function manualErrors(cloud: Cloud, { acts }: Answers): string[] {
  const errors: string[] = [];
  const catalogs = catalogsOf(cloud);
  const checkable = new Map([...catalogs].map(([version, items]) => [version, checkableSegments(items)]));
  const none = { all: [], checked: [] };
  const latest = new Map<string, LeadDocument>();
  const stored = new Set<string>();
  for (const after of storedVersions(cloud)) {
    const before = latest.get(after.leadId);
    latest.set(after.leadId, after);
    for (const { id } of Object.values(after.manualChanges ?? {})) stored.add(id);
    if (!before || after.isDeleted) continue;
    const what = `${after.leadId} at version ${after.version}`;
    const [then, now] = [before, after].map(({ catalogVersion }) => checkable.get(catalogVersion) ?? none);
    for (const [segmentId, act] of Object.entries(before.manualChanges ?? {})) {
      const known = catalogs.get(after.catalogVersion)?.has(segmentId);
      const kept = after.manualChanges?.[segmentId];
      if (known && !kept) errors.push(`${what} forgot the manual change in ${segmentId}`);
      const stands = kept?.id === act.id && !kept.isSettled && (act.kind === 'added' || act.kind === 'removed');
      if (!stands || !now!.checked.some(({ id }) => id === segmentId)) continue;
      const [saidBefore, saysNow] = [[before, then!] as const, [after, now!] as const].map(([document, { all }]) => {
        const others = heldIn(document);
        others.delete(segmentId);
        return answersFor(document, all, others).has(segmentId);
      });
      if (saidBefore !== saysNow) errors.push(`${what} is still ${act.kind} in ${segmentId}, against its rules`);
    }
  }
  for (const { id, leadId, segmentId } of acts) {
    if (!stored.has(id)) errors.push(`the manual change of ${leadId} in ${segmentId} was never stored`);
  }
  return errors;
}
