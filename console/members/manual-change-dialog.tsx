import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { announce } from '../parts/announcer.tsx';
import { FormFoot } from '../parts/form-foot.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { ActChoice } from './act-choice.tsx';
import { ChangeResults } from './change-results.tsx';
import { actOnLeads, type ManualAct, outcomeWords } from './manual-acts.ts';
import { type ManualChanged, useManualChange } from './manual-change.ts';
import { ReasonField } from './reason-field.tsx';
import { RecentJob } from './recent-jobs.tsx';
import type { PickedSegment } from './segment-picker.tsx';
import type { ChosenLeads } from './selection.tsx';

interface ManualChangeDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly leads: ChosenLeads;
  readonly acts: readonly ManualAct[];
  /** Where the leads are changed; undefined while that is still to be chosen. */
  readonly segment: PickedSegment | undefined;
  /** What stands above the choice: who the leads are, or where to. */
  readonly children?: ReactNode;
  /** Something was done; the dialog stays to tell what. */
  readonly onChanged?: () => void;
  /** `changed`: whether something was done. */
  readonly onClose: (changed: boolean) => void;
}

/** Adds, pins, excludes, lifts or removes leads of a segment, with a reason, and tells what became of each. */
export function ManualChangeDialog({ opened, title, onClose, ...rest }: ManualChangeDialogProps) {
  const change = useManualChange();
  const close = () => {
    // What is being sent is waited for, so that its result is seen.
    if (!change.isPending) onClose(change.isSuccess);
  };
  return (
    <Modal opened={opened} onClose={close} title={title} size="lg" onExitTransitionEnd={change.reset}>
      <ChangeForm change={change} onClose={close} {...rest} />
    </Modal>
  );
}

type ChangeFormProps = Pick<ManualChangeDialogProps, 'leads' | 'acts' | 'segment' | 'children' | 'onChanged'> & {
  readonly change: ReturnType<typeof useManualChange>;
  readonly onClose: () => void;
};

function ChangeForm({ change, leads, acts, segment, children, onChanged, onClose }: ChangeFormProps) {
  const [chosen, setChosen] = useState<ManualAct>();
  const [reason, setReason] = useState('');
  const act = chosen && acts.includes(chosen) ? chosen : acts[0]!;
  const isReady = segment !== undefined && leads.count !== 0;
  if (change.isSuccess) {
    // What was sent: which acts are offered may have changed by it.
    return (
      <Done changed={change.data} segment={change.variables.segment} act={change.variables.act} onClose={onClose} />
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady || change.isPending) return;
        change.mutate(
          { segment, leads, act, reason },
          {
            onSuccess: (changed) => {
              announce(
                'results' in changed ? `${outcomeWords(changed.results, act)}.` : 'It goes on in the background.',
              );
              onChanged?.();
            },
          },
        );
      }}
    >
      <Stack gap="md">
        {children}
        <ActChoice acts={acts} value={act} onChange={setChosen} />
        <ReasonField value={reason} onChange={setReason} />
        {change.progress && change.progress.of > 1_000 && (
          <div>
            <Progress value={(100 * change.progress.done) / change.progress.of} aria-label="Leads that are done" />
            <Text size="sm" c="dimmed">
              {formatCount(change.progress.done)} of {formatCount(change.progress.of)}
            </Text>
          </div>
        )}
        <FormFoot
          onCancel={onClose}
          problem={change.isError && <ProblemNotice title="Not everything was changed" error={change.error} />}
        >
          <Button
            type="submit"
            loading={change.isPending}
            color={act === 'remove' || act === 'exclude' ? 'red' : ''}
            aria-disabled={!isReady}
            data-disabled={!isReady}
          >
            {actOnLeads(act, leads.count)}
          </Button>
        </FormFoot>
      </Stack>
    </form>
  );
}

interface DoneProps {
  readonly changed: ManualChanged;
  readonly segment: PickedSegment | undefined;
  readonly act: ManualAct;
  readonly onClose: () => void;
}

function Done({ changed, segment, act, onClose }: DoneProps) {
  return (
    <Stack gap="md">
      {'results' in changed ? (
        <ChangeResults results={changed.results} act={act} />
      ) : (
        <>
          {segment && <RecentJob segment={segment} jobId={changed.job.jobId} />}
          <Text size="sm" c="dimmed">
            You can close this and go on: it is shown on this page until it is done.
          </Text>
        </>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  );
}
