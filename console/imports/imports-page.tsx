import { Button, Group, Paper, Table, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ListedImport } from '../api/answers.ts';
import { useImports, useSegment } from '../api/queries.ts';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { formatCount } from '../words/format.ts';
import { ImportState } from './import-state.tsx';
import { ImportUpload } from './import-upload.tsx';

/** Imports a file, and lists those of the last 30 days. */
export function ImportsPage() {
  const navigate = useNavigate();
  const search = useSearch({ from: '/imports' });
  const imports = useImports();
  const listed = imports.data?.pages.flatMap((page) => page.imports);
  return (
    <Page heading="Imports">
      {search.addTo !== undefined && <MeantFor segmentId={search.addTo} />}
      <ImportUpload
        onUploaded={(importId) =>
          void navigate({ to: '/imports/$importId', params: { importId }, search, ignoreBlocker: true })
        }
      />
      {imports.isError && (
        <ProblemNotice
          title={listed ? 'This list may be old' : 'The imports could not be read'}
          error={imports.error}
          onRetry={() => void imports.refetch()}
        />
      )}
      {imports.isPending && <Loading what="imports" />}
      {listed?.length === 0 && (
        <Empty title="Nothing was imported in the last 30 days">
          <p>Bring leads, accounts and what people did from the files that other tools export.</p>
        </Empty>
      )}
      {listed && listed.length > 0 && (
        <Paper withBorder>
          <Table.ScrollContainer minWidth={420} type="native">
            <Table>
              <Table.Caption style={{ captionSide: 'top' }}>Imports of the last 30 days, newest first</Table.Caption>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>File</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th ta="right">Rows</Table.Th>
                  <Table.Th visibleFrom="sm">By</Table.Th>
                  <Table.Th>When</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {listed.map((one) => (
                  <ImportRow key={one.importId} job={one} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          {imports.hasNextPage && (
            <Group justify="center" p="sm">
              <Button
                variant="default"
                loading={imports.isFetchingNextPage}
                onClick={() => void imports.fetchNextPage()}
              >
                Show more
              </Button>
            </Group>
          )}
        </Paper>
      )}
    </Page>
  );
}

/** The segment to which the leads of the file are to be added. */
function MeantFor({ segmentId }: { segmentId: string }) {
  const name = useSegment(segmentId).data?.name ?? segmentId;
  return (
    <Text>
      The leads of the file are for the segment{' '}
      <TextLink to="/segments/$segmentId/members" params={{ segmentId }}>
        {name}
      </TextLink>
      . You can still choose another before you start.
    </Text>
  );
}

function ImportRow({ job: { importId, fileName, state, progress, author, createdAt } }: { job: ListedImport }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500} style={{ overflowWrap: 'anywhere' }}>
        <TextLink to="/imports/$importId" params={{ importId }}>
          {fileName}
        </TextLink>
      </Table.Th>
      <Table.Td>
        <ImportState state={state} />
      </Table.Td>
      <Table.Td ta="right">{progress ? formatCount(progress.rows) : '–'}</Table.Td>
      <Table.Td visibleFrom="sm" c="dimmed">
        {author}
      </Table.Td>
      <Table.Td c="dimmed">
        <Moment iso={createdAt} />
      </Table.Td>
    </Table.Tr>
  );
}
