import '@mantine/dates/styles.css';
import { DateInput } from '@mantine/dates';
import { IconCalendar } from '@tabler/icons-react';
import { usePart } from './builder-context.ts';
import classes from './rules.module.css';

interface DateValueProps {
  label: string;
  part: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A day, typed or picked from a calendar. Loaded when a rule has a date. */
export default function DateValue({ label, part, value, onChange }: DateValueProps) {
  return (
    <DateInput
      {...usePart(part)}
      aria-label={label}
      placeholder="YYYY-MM-DD"
      size="sm"
      w={150}
      valueFormat="YYYY-MM-DD"
      rightSection={<IconCalendar size={16} aria-hidden="true" />}
      rightSectionPointerEvents="none"
      firstDayOfWeek={1}
      weekendDays={[]}
      hideOutsideDates
      previousLabel="Month before"
      nextLabel="Month after"
      popoverProps={{ withinPortal: false }}
      classNames={{ month: classes.month }}
      value={value ?? null}
      onChange={(day) => onChange(day ?? undefined)}
    />
  );
}
