import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { encodings } from '../../shared/table/encoding.ts';
import type { Separator } from '../../shared/table/separator.ts';
import type { Import, Inspection, KnownFile } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { NumberInput } from '../parts/number-input.tsx';
import { formatCount } from '../words/format.ts';

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
    <section className="card found" aria-label="File">
      <h2>File</h2>
      {inspection && <FoundFacts inspection={inspection} />}
      {inspection && inspection.notices.length > 0 && (
        <ul className="told">
          {inspection.notices.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {(state === 'ready' || state === 'unreadable') && (
        <details>
          <summary>Read it differently</summary>
          <KnownFileForm job={job} />
        </details>
      )}
    </section>
  );
}

function FoundFacts({ inspection: { format, headerLine, rows, complete } }: { inspection: Inspection }) {
  const facts: Array<[string, ReactNode]> = [
    ...(format.kind === 'csv'
      ? ([
          ['Encoding', format.encoding],
          ['Separator', separatorWords[format.separator]],
        ] as Array<[string, ReactNode]>)
      : ([['Sheet', format.sheet]] as Array<[string, ReactNode]>)),
    ['Names of the columns', headerLine === 0 ? 'none in the file' : `in line ${headerLine}`],
    ['Rows', complete ? formatCount(rows) : `more than ${formatCount(rows)}: the first ones were looked at`],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
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
  const isWorkbook = inspection?.format.kind === 'workbook';
  return (
    <form
      className="known-file"
      onSubmit={(event) => {
        event.preventDefault();
        inspect.mutate();
      }}
    >
      {!isWorkbook && (
        <>
          <Choice
            label="Encoding"
            value={known.encoding}
            options={encodings.map((one) => [one, one])}
            onChange={(encoding) => edit({ encoding })}
          />
          <Choice
            label="Separator"
            value={known.separator}
            options={separators.map((one) => [one, separatorWords[one]])}
            onChange={(separator) => edit({ separator })}
          />
        </>
      )}
      {isWorkbook && (
        <label className="field">
          Sheet
          <input
            placeholder="Find out"
            value={known.sheet ?? ''}
            onChange={({ target }) => edit({ sheet: target.value || undefined })}
          />
        </label>
      )}
      <div className="field">
        Line of the column names
        <NumberInput
          label="Line of the column names (0: there are none)"
          isWhole
          isInvalid={false}
          value={known.headerLine}
          onChange={(value) => edit({ headerLine: value as number | undefined })}
        />
      </div>
      <button type="submit" disabled={inspect.isPending}>
        Read again
      </button>
      {inspect.isError && <ProblemNotice title="The file was not read again" error={inspect.error} />}
    </form>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value | undefined;
  options: ReadonlyArray<readonly [Value, string]>;
  onChange: (value: Value | undefined) => void;
}

function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <label className="field">
      {label}
      <select
        value={value ?? ''}
        onChange={({ target }) => onChange(options.find(([one]) => one === target.value)?.[0])}
      >
        <option value="">Find out</option>
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
