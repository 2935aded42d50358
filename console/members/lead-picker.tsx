import { MultiSelect, type OptionsFilter, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { fold } from '../../shared/rule/value.ts';
import { leadNames, type NamedLead } from '../words/lead-name.ts';
import { useFoundLeads } from './member-queries.ts';

const everyOption: OptionsFilter<string> = ({ options }) => options;

/** What one types to find a lead, and who was found. */
function useLeadSearch(kept: readonly NamedLead[]) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const found = useFoundLeads(q);
  // Until the API has searched, no key may choose a lead that does not have what was typed.
  const hasText = (lead: NamedLead) => {
    const { name, rest } = leadNames(lead);
    return fold(`${name} ${rest ?? ''} ${lead.leadId}`).includes(fold(typed.trim()));
  };
  const leads = [...kept, ...(q ? (found.data ?? []).filter(hasText) : [])];
  const byId = new Map<string, NamedLead>(leads.map((lead) => [lead.leadId, lead]));
  return {
    byId,
    props: {
      searchable: true,
      placeholder: 'Name, e-mail or id',
      data: [...byId.values()].map((lead) => ({ value: lead.leadId, label: leadNames(lead).name })),
      // The API has searched.
      filter: everyOption,
      nothingFoundMessage: q === '' ? 'Type to search' : found.isFetching ? 'Searching …' : 'Nobody has that',
      searchValue: typed,
      onSearchChange: setTyped,
      error: found.error?.message,
      renderOption: ({ option }: { option: { value: string } }) => <FoundLead lead={byId.get(option.value)} />,
    },
  };
}

function FoundLead({ lead }: { lead: NamedLead | undefined }) {
  if (!lead) return null;
  const { name, rest } = leadNames(lead);
  return (
    <div>
      {name}
      {rest && (
        <Text size="xs" c="dimmed">
          {rest}
        </Text>
      )}
    </div>
  );
}

interface LeadPickerProps {
  readonly label: string;
  readonly value: readonly NamedLead[];
  readonly onChange: (leads: NamedLead[]) => void;
}

/** Chooses leads, each found by a part of the name, e-mail address or id. */
export function LeadPicker({ label, value, onChange }: LeadPickerProps) {
  const { byId, props } = useLeadSearch(value);
  return (
    <MultiSelect
      {...props}
      label={label}
      value={value.map(({ leadId }) => leadId)}
      onChange={(leadIds) => onChange(leadIds.flatMap((leadId) => byId.get(leadId) ?? []))}
      hidePickedOptions
    />
  );
}

/** Finds one lead by a part of the name, e-mail address or id. */
export function LeadFinder({ label, onFind }: { label: string; onFind: (leadId: string) => void }) {
  const { props } = useLeadSearch([]);
  return (
    <Select
      {...props}
      label={label}
      value={null}
      onChange={(leadId) => {
        if (leadId) onFind(leadId);
      }}
    />
  );
}
