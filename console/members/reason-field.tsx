/** Why somebody does something by hand; it is kept with who did it. */
export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label className="field">
      <span>
        Reason <span className="muted">(optional, kept with your name)</span>
      </span>
      <input maxLength={500} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
