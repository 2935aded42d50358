import { Radio, Stack } from '@mantine/core';
import { type ManualAct, manualActs } from './manual-acts.ts';

interface ActChoiceProps {
  readonly acts: readonly ManualAct[];
  readonly value: ManualAct;
  readonly onChange: (act: ManualAct) => void;
}

/** What to do about leads in a segment, each with what comes of it. */
export function ActChoice({ acts, value, onChange }: ActChoiceProps) {
  return (
    <Radio.Group
      label="What to do"
      value={value}
      onChange={(name) => onChange(acts.find((act) => act === name) ?? value)}
    >
      <Stack gap="xs" mt={4}>
        {acts.map((act) => (
          <Radio key={act} value={act} label={manualActs[act].label} description={manualActs[act].effect} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
