import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { exportFileOf } from '../../shared/export/read-export.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import type { Import, ImportTarget, Inspection } from '../api/answers.ts';
import { Card } from '../parts/card.tsx';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { DryRunCard } from './dry-run-card.tsx';
import { eventsOf, idOf, ofKind } from './import-mapping.ts';
import { ImportTargetFields } from './import-target.tsx';
import classes from './mapping-card.module.css';
import { MappingColumns } from './mapping-columns.tsx';
import { useMappingDraft } from './mapping-draft.ts';
import { MappingEvents } from './mapping-events.tsx';
import { MappingProblems, ProblemsAt } from './mapping-problems.tsx';
import { MappingSettings } from './mapping-settings.tsx';
import { SavedMappings } from './saved-mappings.tsx';

/** What the columns of the file become, and the start of the import. */
export function MappingCard({ job, inspection }: { job: Import; inspection: Inspection }) {
  const draft = useMappingDraft(job, inspection);
  const { mapping, edit, isEditable, acting, missing } = draft;
  const [hasTried, setTried] = useState(false);
  const { addTo } = useSearch({ from: '/imports/$importId' });
  const [target, setTarget] = useState<ImportTarget | undefined>(
    addTo === undefined ? undefined : { segmentId: addTo },
  );
  const form = useRef<HTMLFieldSetElement>(null);
  const names = namesOf(inspection);

  const orComplete = (act: () => void) => () => {
    if (acting !== undefined) return;
    setTried(true);
    if (missing.length === 0) return act();
    // After the fields are marked, so that the first of them can be found.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };

  return (
    <>
      <LeaveGuard isDirty={isEditable && draft.isEdited} text="The mapping has changes that are not saved." />
      <Card title="Mapping">
        <MappingProblems value={[...draft.refused, ...(hasTried ? missing : [])]}>
          <fieldset className={classes.form} disabled={!isEditable || acting !== undefined} ref={form}>
            <legend className={classes.legend}>What the columns become</legend>
            <Stack gap="md">
              <Radio.Group
                label="Each row is"
                value={mapping.kind}
                onChange={(kind) => edit(ofKind(mapping, kind as ImportMapping['kind']))}
              >
                <Group gap="md" mt={4}>
                  <Radio value="leads" label="a lead, or something a lead did" />
                  <Radio value="accounts" label="an account" />
                </Group>
              </Radio.Group>
              <ProblemsAt pointer={`/${idOf(mapping)}`} />
              {exportFileOf(inspection.columns.map(({ name }) => name)) && mapping.kind === 'leads' && (
                <Text c="dimmed">
                  This is an export of members: its columns come back as what they were, whatever is said below.
                </Text>
              )}
              {isEditable && <SavedMappings mapping={mapping} onChoose={edit} />}
              <MappingColumns mapping={mapping} inspection={inspection} onChange={edit} />
              {eventsOf(mapping).length > 0 && <MappingEvents mapping={mapping} names={names} onChange={edit} />}
              <MappingSettings mapping={mapping} onChange={edit} />
              {isEditable && mapping.kind === 'leads' && <ImportTargetFields target={target} onChange={setTarget} />}
            </Stack>
          </fieldset>
        </MappingProblems>
        {draft.error && <ProblemNotice title="Nothing was started" error={draft.error} />}
        {isEditable && (
          <Group justify="flex-end" gap="xs" className={classes.bar}>
            <Text size="sm" aria-live="polite" c={hasTried && missing[0] ? 'var(--console-bad)' : 'dimmed'}>
              {hasTried && missing[0] ? missing[0].message : 'Not started yet'}
            </Text>
            <Button variant="default" loading={acting === 'try'} onClick={orComplete(draft.tryIt)}>
              Dry run
            </Button>
            <Button
              loading={acting === 'start'}
              onClick={orComplete(() => draft.start(mapping.kind === 'leads' ? target : undefined))}
            >
              Start import
            </Button>
          </Group>
        )}
      </Card>
      {(job.state === 'trying' || (job.dryRun && isEditable)) && <DryRunCard job={job} isOutdated={draft.isEdited} />}
    </>
  );
}

/** The columns that can be mapped: of those with the same name the first, as the importer does. */
function namesOf({ columns }: Inspection): string[] {
  return [...new Set(columns.map(({ name }) => name))].filter((name) => name !== '');
}
