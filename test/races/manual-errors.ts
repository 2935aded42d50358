import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { answersFor, catalogsOf, checkableSegments, heldIn, storedVersions } from './document-errors.ts';
import type { Cloud } from './store/cloud.ts';
import type { Answers } from './world.ts';

/**
 * What is wrong with manual changes: one that was answered was never stored, one is forgotten although lead and segment are
 * there, an addition or removal still stands although the rules have changed their mind since, or it does no more although
 * nothing changed that it could go with.
 */
export function manualErrors(cloud: Cloud, { acts, recalculated }: Answers): string[] {
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
      const stood = !act.isSettled && (act.kind === 'added' || act.kind === 'removed');
      if (!stood || kept?.id !== act.id || !now!.checked.some(({ id }) => id === segmentId)) continue;
      const [saidBefore, saysNow] = [[before, then!] as const, [after, now!] as const].map(([document, { all }]) => {
        const others = heldIn(document);
        others.delete(segmentId);
        return answersFor(document, all, others).has(segmentId);
      });
      const isFlipped = saidBefore !== saysNow;
      if (isFlipped && !kept.isSettled) errors.push(`${what} is still ${act.kind} in ${segmentId}, against its rules`);
      const isSame = before.catalogVersion === after.catalogVersion && valuesOf(before) === valuesOf(after);
      if (kept.isSettled && isSame && !isFlipped && !recalculated.has(segmentId)) {
        errors.push(`${what} is ${act.kind} no more in ${segmentId}, though nothing changed`);
      }
    }
  }
  for (const { id, leadId, segmentId } of acts) {
    if (!stored.has(id)) errors.push(`the manual change of ${leadId} in ${segmentId} was never stored`);
  }
  return errors;
}

/** All that rules can read of a document, events aside. */
function valuesOf({ attributes, engagementLevel, profileLevel, account }: LeadDocument): string {
  const present = Object.entries(attributes).filter(([, value]) => value !== null);
  const levels = [engagementLevel?.[0] ?? null, profileLevel?.[0] ?? null, account?.accountLevel ?? null];
  return JSON.stringify([present.sort(), levels, Object.entries(account?.attributes ?? {}).sort()]);
}
