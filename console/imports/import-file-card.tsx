import { Button, Group, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { encodings } from '../../shared/table/encoding.ts';
import type { Separator } from '../../shared/table/separator.ts';
import type { Import, Inspection, KnownFile } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { Card } from '../parts/card.tsx';
import { Facts } from '../parts/facts.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { Told } from './import-result.tsx';

const separatorWords: Readonly<Record<Separator, string>> = {
  ',': 'Comma',
  ';': 'Semicolon',
  '\t': 'Tab',
  '|': 'Vertical bar |',
};
const separators = Object.keys(separatorWords) as Separator[];

/** How the file is read, what is odd about it, and a way to say it better. */
export function ImportFileCard({ job }: { job: Import }) {
  const { inspection, state } = job;
  return (
    <Card title="File">
      {inspection && <FoundFacts inspection={inspection} />}
      {inspection && <Told texts={inspection.notices} />}
      {(state === 'ready' || state === 'unreadable') && (
        <details>
          <summary>Read it differently</summary>
          <KnownFileForm job={job} />
        </details>
      )}
    </Card>
  );
}

function FoundFacts({ inspection: { format, headerLine, rows, complete } }: { inspection: Inspection }) {
  return (
    <Facts
      facts={[
        ['Encoding', format.kind === 'csv' ? format.encoding : undefined],
        ['Separator', format.kind === 'csv' ? separatorWords[format.separator] : undefined],
        ['Sheet', format.kind === 'csv' ? undefined : format.sheet],
        ['Names of the columns', headerLine === 0 ? 'none in the file' : `in line ${headerLine}`],
        ['Rows', complete ? formatCount(rows) : `more than ${formatCount(rows)}: the first ones were looked at`],
      ]}
    />
  );
}

/** What is left blank is found out. */
function KnownFileForm({ job: { importId, inspection } }: { job: Import }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [known, setKnown] = useState<KnownFile>({});
  const edit = (change: { [Key in keyof KnownFile]?: KnownFile[Key] | undefined }) =>
    setKnown((before) => JSON.parse(JSON.stringify({ ...before, ...change })) as KnownFile);
  const inspect = useMutation({
    mutationFn: () => api.inspectImport(importId, known),
    onSuccess: (job) => queryClient.setQueryData(keys.import(importId), job),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!inspect.isPending) inspect.mutate();
      }}
    >
      <Group align="flex-end" gap="sm" mt="xs">
        {inspection?.format.kind === 'workbook' ? (
          <TextInput
            label="Sheet"
            placeholder="Find out"
            value={known.sheet ?? ''}
            onChange={({ target }) => edit({ sheet: target.value || undefined })}
          />
        ) : (
          <>
            <NativeSelect
              label="Encoding"
              data={[{ value: '', label: 'Find out' }, ...encodings]}
              value={known.encoding ?? ''}
              onChange={({ target }) => edit({ encoding: encodings.find((one) => one === target.value) })}
            />
            <NativeSelect
              label="Separator"
              data={[
                { value: '', label: 'Find out' },
                ...separators.map((value) => ({ value, label: separatorWords[value] })),
              ]}
              value={known.separator ?? ''}
              onChange={({ target }) => edit({ separator: separators.find((one) => one === target.value) })}
            />
          </>
        )}
        <NumberInput
          label="Line of the column names (0: there are none)"
          min={0}
          allowDecimal={false}
          hideControls
          value={known.headerLine ?? ''}
          onChange={(value) => edit({ headerLine: typeof value === 'number' ? value : undefined })}
        />
        <Button type="submit" variant="default" loading={inspect.isPending}>
          Read again
        </Button>
      </Group>
      {inspect.isError && <ProblemNotice title="The file was not read again" error={inspect.error} />}
    </form>
  );
}
