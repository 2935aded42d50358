import { Button, Group, Paper, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Member, SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { isFilling, isRecalculating } from '../api/live.ts';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatLeads } from '../words/format.ts';
import { leadNames } from '../words/lead-name.ts';
import { actsFor, type ManualAct } from './manual-acts.ts';
import { ManualChangeDialog } from './manual-change-dialog.tsx';
import { type MemberFilter, memberPage, useMembers } from './member-queries.ts';
import { MembersTable } from './members-table.tsx';
import { MoreRows } from './more-rows.tsx';
import { readAll } from './read-all.ts';
import { type ChosenLeads, useSelection } from './selection.tsx';

interface MembersListProps {
  readonly segment: SegmentWithRules;
  readonly filter: MemberFilter;
}

const mostPerPage = 500;

/** The members that a filter finds, newest first, to select and to change manually. */
export function MembersList({ segment, filter }: MembersListProps) {
  const api = useApi();
  const list = useMembers(segment, filter);
  const { refetch } = list;
  const { memberCount } = segment;
  // A new figure comes with new members, or with fewer.
  useEffect(() => {
    if (memberCount >= 0) void refetch({ cancelRefetch: false });
  }, [memberCount, refetch]);

  const members = list.data?.pages.flatMap(({ rows }) => rows) ?? [];
  const selection = useSelection(
    JSON.stringify([segment.id, filter]),
    members.map(({ leadId }) => leadId),
  );
  // What is changed stays so while the dialog closes.
  const [changed, setChanged] = useState<Change>();
  const [isChanging, setChanging] = useState(false);
  const change = (chosen: Change) => {
    setChanged(chosen);
    setChanging(true);
  };

  if (list.isPending) return <Loading what="members" lines={8} />;
  if (!list.data) {
    return <ProblemNotice title="The members could not be read" error={list.error} onRetry={() => void refetch()} />;
  }
  const { q, source } = filter;
  const isWhole = q === '' && source === undefined;
  const chosen: ChosenLeads = {
    count: !selection.isAll ? selection.leadIds.length : isWhole ? memberCount : undefined,
    leadIds: async (signal) => {
      if (!selection.isAll) return selection.leadIds;
      const all = await readAll((cursor) =>
        memberPage(api, segment.id, filter, { limit: mostPerPage, cursor, signal }),
      );
      return all.map(({ leadId }) => leadId);
    },
    rules:
      selection.isAll && isWhole
        ? { match: 'all', rules: [{ type: 'segment', segmentId: segment.id, operator: 'in' }] }
        : undefined,
  };
  return (
    <>
      {list.isError && (
        <ProblemNotice title="What you see may be old" error={list.error} onRetry={() => void refetch()} />
      )}
      <Paper withBorder aria-busy={list.isPlaceholderData}>
        {!selection.isEmpty && (
          <Group justify="space-between" gap="sm" px="md" py="sm">
            <Group gap="sm">
              <Text size="sm" fw={600} component="output">
                {chosen.count === undefined ? 'All that match selected' : `${formatLeads(chosen.count)} selected`}
              </Text>
              {selection.areShownChosen && !selection.isAll && list.hasNextPage && (
                <Button variant="subtle" size="compact-sm" onClick={selection.chooseAll}>
                  {isWhole ? `Select all ${formatCount(memberCount)} members` : 'Select all that match'}
                </Button>
              )}
              <Button variant="subtle" size="compact-sm" onClick={selection.clear}>
                Clear selection
              </Button>
            </Group>
            <Button onClick={() => change({ who: 'the selected leads', leads: chosen, acts: actsOn(source) })}>
              Change manually
            </Button>
          </Group>
        )}
        {members.length === 0 && !list.hasNextPage ? (
          <Nobody segment={segment} filter={filter} />
        ) : (
          <MembersTable
            segmentId={segment.id}
            members={members}
            selection={selection}
            onChange={(member) =>
              change({ who: leadNames(member).name, leads: one(member.leadId), acts: actsFor[member.source] })
            }
          />
        )}
        <MoreRows list={list} shown={members.length} pages={list.data.pages.length}>
          {members.length > 0 && shownWords(members.length, isWhole && list.hasNextPage ? memberCount : 0)}
        </MoreRows>
      </Paper>
      {changed && (
        <ManualChangeDialog
          opened={isChanging}
          title={`Change ${changed.who} in “${segment.name}”`}
          leads={changed.leads}
          acts={changed.acts}
          segment={segment}
          onClose={(isDone) => {
            setChanging(false);
            if (isDone) selection.clear();
          }}
        />
      )}
    </>
  );
}

/** How many are shown, and of how many; not where the figure is still behind what is shown. */
function shownWords(shown: number, of: number): string {
  return of > shown ? `${formatCount(shown)} of ${formatCount(of)} shown` : `${formatCount(shown)} shown`;
}

interface Change {
  readonly who: string;
  readonly leads: ChosenLeads;
  readonly acts: readonly ManualAct[];
}

const one = (leadId: string): ChosenLeads => ({ count: 1, leadIds: async () => [leadId] });

/** What can be done about many: of all sources together, whatever makes a difference to some. */
function actsOn(source: Member['source'] | undefined): readonly ManualAct[] {
  return source ? actsFor[source] : ['remove', 'exclude', 'pin', 'lift'];
}

const nobody: Readonly<Record<Member['source'], string>> = {
  rules: 'Nobody is in it by its rules',
  manual: 'Nobody was added manually',
  pinned: 'Nobody is pinned',
  excluded: 'Nobody is excluded',
};

function Nobody({ segment, filter: { q, source } }: MembersListProps) {
  if (q !== '') return <Empty title={`Nobody here has “${q}” in name, e-mail or id`} />;
  if (source) return <Empty title={nobody[source]} />;
  const { recalculation, rules, memberCount } = segment;
  const isComing = isRecalculating(recalculation) || isFilling(segment) || memberCount > 0;
  if (isComing) return <Empty title="Leads are being evaluated">Members show up here as they enter.</Empty>;
  const why = rules.length > 0 ? 'No lead matches the saved rules.' : 'It has no rules: leads can be added manually.';
  return <Empty title="Nobody is in it">{why}</Empty>;
}
