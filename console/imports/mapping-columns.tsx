import type { ImportMapping } from '../../shared/import/mapping.ts';
import { type ColumnKind, columnKinds, kindCalled, nameOfKind } from '../../shared/table/column-kind.ts';
import type { InspectedColumn, Inspection } from '../api/answers.ts';
import { ProblemsAt, useProblemState } from '../rules/rule-problems.tsx';
import { formatCount, formatShare } from '../words/format.ts';
import { idOf, isAttribute, type Role, roleOf, rolesIn, ruleOf, withColumn, withRole } from './import-mapping.ts';

const roleWords: Readonly<Record<Role, string>> = {
  leadId: 'Lead id',
  accountId: 'Account',
  engagementLevel: 'Engagement level',
  profileLevel: 'Profile level',
  accountLevel: 'Account level',
  event: 'When an event was',
  occurredAt: 'As of when the row is',
  attribute: 'Attribute',
  skip: 'Not imported',
};

const shownSamples = 3;

interface MappingColumnsProps {
  mapping: ImportMapping;
  inspection: Inspection;
  onChange: (mapping: ImportMapping) => void;
}

/** A table with a row for each column: what is in it, how it is read, and what it becomes. */
export function MappingColumns({ mapping, inspection: { columns, rows }, onChange }: MappingColumnsProps) {
  return (
    <table className="mapping-columns">
      <caption className="visually-hidden">Columns of the file</caption>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Samples</th>
          <th scope="col">Read as</th>
          <th scope="col">Becomes</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column, index) => {
          const { name } = column;
          const isFirst = columns.findIndex((one) => one.name === name) === index;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may come twice, and the order stays
            <tr key={index}>
              <th scope="row">
                {name || `Column ${index + 1}`}
                <span className="row-note">{`${formatShare(rows > 0 ? column.filled / rows : 0)} filled`}</span>
              </th>
              <td>
                <Samples samples={column.samples} />
              </td>
              {name !== '' && isFirst ? (
                <ColumnFields column={column} mapping={mapping} onChange={onChange} />
              ) : (
                <td colSpan={2} className="muted">
                  {name === '' ? 'It has no name: not imported' : 'The name comes twice: not imported'}
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Samples({ samples }: { samples: readonly string[] }) {
  if (samples.length === 0) return <span className="muted">empty</span>;
  return (
    <ul className="samples">
      {samples.slice(0, shownSamples).map((sample) => (
        <li key={sample} title={sample}>
          {sample}
        </li>
      ))}
    </ul>
  );
}

interface ColumnFieldsProps {
  column: InspectedColumn;
  mapping: ImportMapping;
  onChange: (mapping: ImportMapping) => void;
}

function ColumnFields({ column, mapping, onChange }: ColumnFieldsProps) {
  const { name } = column;
  const { as } = ruleOf(mapping, name);
  const role = roleOf(mapping, name);
  const pointer = `/columns/${mapping.columns.findIndex((one) => one.column === name)}`;
  // Where no column is the id yet, each may be it.
  const isIdMissing = useProblemState(`/${idOf(mapping)}`) === 'refused';
  return (
    <>
      <td>
        <select
          aria-label={`Read ${name} as`}
          disabled={role === 'skip'}
          value={nameOfKind(as ?? { kind: 'text' })}
          onChange={({ target }) => {
            const kind = kindCalled(target.value);
            onChange(withColumn(mapping, name, { as: kind?.kind === 'text' ? undefined : kind }));
          }}
        >
          {columnKinds.map((kind) => (
            <option key={nameOfKind(kind)} value={nameOfKind(kind)}>
              {kindWords(kind)}
            </option>
          ))}
        </select>
        <KindNote column={column} as={as} />
      </td>
      <td>
        <div className="becomes">
          <select
            aria-label={`What ${name} becomes`}
            aria-invalid={isIdMissing}
            value={role}
            onChange={({ target }) => onChange(withRole(mapping, name, target.value as Role))}
          >
            {rolesIn[mapping.kind].map((one) => (
              <option key={one} value={one}>
                {roleWords[one]}
              </option>
            ))}
          </select>
          {role !== 'skip' && <AttributeField name={name} role={role} mapping={mapping} onChange={onChange} />}
        </div>
        <ProblemsAt pointer={pointer} />
      </td>
    </>
  );
}

interface AttributeFieldProps {
  name: string;
  role: Role;
  mapping: ImportMapping;
  onChange: (mapping: ImportMapping) => void;
}

/** The name of the attribute; whether there is one, for a column that is something else as well. */
function AttributeField({ name, role, mapping, onChange }: AttributeFieldProps) {
  const { attribute } = ruleOf(mapping, name);
  const isKept = isAttribute(mapping, name);
  return (
    <>
      {role !== 'attribute' && (
        <label className="check">
          <input
            type="checkbox"
            checked={isKept}
            onChange={({ target: { checked } }) => {
              // An id that is nothing else by itself becomes an attribute by having a name.
              const kept = withColumn(mapping, name, { skip: checked ? undefined : true, attribute: undefined });
              onChange(checked && !isAttribute(kept, name) ? withColumn(kept, name, { attribute: name }) : kept);
            }}
          />
          and an attribute
        </label>
      )}
      {isKept && (
        <input
          aria-label={`Attribute of ${name}`}
          placeholder={name}
          maxLength={1_000}
          value={attribute ?? ''}
          onChange={({ target }) => onChange(withColumn(mapping, name, { attribute: target.value || undefined }))}
        />
      )}
    </>
  );
}

/** What is to be known before a column is read like that. */
function KindNote({ column: { kind, orElse, misfits }, as }: { column: InspectedColumn; as: ColumnKind | undefined }) {
  if (as && misfits > 0 && nameOfKind(as) === nameOfKind(kind)) {
    return (
      <span className="row-note">
        {misfits === 1 ? '1 cell is none, and is left out' : `${formatCount(misfits)} cells are none, and are left out`}
      </span>
    );
  }
  if (as || orElse.length === 0) return null;
  return <span className="row-note warn">{`Could be ${[kind, ...orElse].map(nameOfKind).join(' or ')}`}</span>;
}

function kindWords(kind: ColumnKind): string {
  if (kind.kind === 'text') return 'Text, as it stands';
  if (kind.kind === 'boolean') return 'Yes or no';
  const name = nameOfKind(kind);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
