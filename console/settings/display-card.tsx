import { Button, Group, MultiSelect, Select, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Card } from '../parts/card.tsx';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { type StoredVocabulary, settingProblem, useSettingSave } from './setting-queries.ts';

const mostNames = 3;

/** By which attributes people know a lead. */
export function DisplayCard({ stored: { vocabulary, revision } }: { stored: StoredVocabulary }) {
  const { display, lead } = vocabulary;
  const [name, setName] = useState<readonly string[]>(display.name);
  const [email, setEmail] = useState(display.email);
  const save = useSettingSave((api, sent: { name: readonly string[]; email: string | undefined }) =>
    api.call('PUT /vocabulary/display', {
      body: { name: [...sent.name], ...(sent.email !== undefined && { email: sent.email }) },
      revision,
    }),
  );
  const fields = [...new Set([...lead.fields.map((field) => field.name), ...display.name, ...(email ? [email] : [])])];
  const isDirty = name.join('\n') !== display.name.join('\n') || email !== display.email;
  return (
    <Card title="How leads are shown">
      <LeaveGuard isDirty={isDirty} text="How leads are shown was changed and is not saved." />
      <Text size="sm" c="dimmed">
        {display.isGuess
          ? 'This is guessed from the names of the fields, until somebody sets it.'
          : 'Lists of leads show this name and address; where a lead has neither, its id.'}
      </Text>
      <Group align="flex-start" gap="md" grow preventGrowOverflow={false}>
        <MultiSelect
          label="Name: up to three fields, in this order"
          data={fields}
          value={[...name]}
          maxValues={mostNames}
          searchable
          onChange={setName}
        />
        <Select
          label="E-mail address"
          data={fields}
          value={email ?? null}
          searchable
          onChange={(chosen) => setEmail(chosen ?? undefined)}
        />
      </Group>
      {save.isError && <ProblemNotice title="It was not saved" error={settingProblem(save.error)} />}
      <Group>
        <Button
          loading={save.isPending}
          {...(isDirty || display.isGuess ? {} : { 'data-disabled': true, 'aria-disabled': true })}
          onClick={() => {
            if (!isDirty && !display.isGuess) return;
            const onSuccess = () =>
              notifications.show({ message: 'Saved. Lists of leads show it within half a minute.' });
            save.mutate({ name, email }, { onSuccess });
          }}
        >
          {display.isGuess && !isDirty ? 'Keep it like this' : 'Save'}
        </Button>
      </Group>
    </Card>
  );
}
