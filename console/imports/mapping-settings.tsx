import type { ImportMapping } from '../../shared/import/mapping.ts';
import { DateInput } from '../parts/number-input.tsx';
import { ProblemsAt, useProblemState } from '../rules/rule-problems.tsx';

interface MappingSettingsProps {
  mapping: ImportMapping;
  onChange: (mapping: ImportMapping) => void;
}

/** What all rows have in common: attributes, as of when they are, and how ids are made. */
export function MappingSettings({ mapping, onChange }: MappingSettingsProps) {
  const { constants, occurredAt, slugIds, exactIds } = mapping;
  const isInColumn = occurredAt !== undefined && 'column' in occurredAt;
  const { occurredAt: _, ...fromTheStart } = mapping;
  return (
    <div className="mapping-part">
      <h3>All rows</h3>
      {constants.map((constant, index) => (
        <ConstantFields
          // biome-ignore lint/suspicious/noArrayIndexKey: both of its texts are being typed
          key={index}
          constant={constant}
          pointer={`/constants/${index}`}
          onChange={(next) => onChange({ ...mapping, constants: constants.with(index, next) })}
          onRemove={() => onChange({ ...mapping, constants: constants.toSpliced(index, 1) })}
        />
      ))}
      <button
        type="button"
        className="small"
        onClick={() => onChange({ ...mapping, constants: [...constants, { attribute: '', value: '' }] })}
      >
        + Attribute for all rows
      </button>
      {isInColumn ? (
        <p className="muted">{`Rows are as of “${occurredAt.column}”.`}</p>
      ) : (
        <div className="as-of">
          Rows are as of
          <DateInput
            label="Rows are as of"
            value={occurredAt?.moment ?? ''}
            isInvalid={false}
            onChange={(moment) =>
              onChange(
                moment ? { ...mapping, occurredAt: { moment: String(moment) } } : (fromTheStart as ImportMapping),
              )
            }
          />
          <span className="muted">{occurredAt ? '' : 'the start of the import'}</span>
        </div>
      )}
      <ProblemsAt pointer="/occurredAt" />
      <label className="check">
        <input
          type="checkbox"
          checked={slugIds}
          onChange={({ target }) => onChange({ ...mapping, slugIds: target.checked })}
        />
        Make ids of names of companies: “Acme Corporation” is the account acme-corporation
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={exactIds}
          onChange={({ target }) => onChange({ ...mapping, exactIds: target.checked })}
        />
        Keep mail addresses as they are written, not in lower case
      </label>
    </div>
  );
}

interface ConstantFieldsProps {
  constant: ImportMapping['constants'][number];
  pointer: string;
  onChange: (constant: ImportMapping['constants'][number]) => void;
  onRemove: () => void;
}

function ConstantFields({ constant, pointer, onChange, onRemove }: ConstantFieldsProps) {
  const isRefused = useProblemState(pointer) === 'refused';
  const { attribute, value } = constant;
  const fields = [
    { key: 'attribute', label: 'Attribute for all rows', text: attribute },
    { key: 'value', label: `Value of ${attribute || 'it'}`, text: value },
  ] as const;
  return (
    <div className="constant">
      {fields.map(({ key, label, text }) => (
        <input
          key={key}
          aria-label={label}
          placeholder={key === 'attribute' ? 'Attribute' : 'Value'}
          aria-invalid={isRefused && text === ''}
          maxLength={1_000}
          value={text}
          onChange={({ target }) => onChange({ ...constant, [key]: target.value })}
        />
      ))}
      <button type="button" className="small" aria-label={`Remove ${attribute || 'the attribute'}`} onClick={onRemove}>
        Remove
      </button>
      <ProblemsAt pointer={pointer} />
    </div>
  );
}
