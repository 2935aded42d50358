import { Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { fold } from '../../shared/rule/value.ts';
import { formatAttribute } from '../words/format.ts';
import classes from './attributes.module.css';

type Entry = readonly [name: string, value: unknown, note?: ReactNode];

/** What is known, by name, and what is to be said of it. */
export function AttributeList({ entries }: { entries: readonly Entry[] }) {
  return (
    <dl className={classes.list}>
      {entries.map(([name, value, note]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>
            {value === undefined ? '–' : formatAttribute(value)}
            {note && (
              <Text size="xs" c="dimmed">
                {note}
              </Text>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const few = 12;

/** Attributes by name; where they are many, those with a text in name or value can be picked out. */
export function Attributes({ attributes }: { attributes: Readonly<Record<string, unknown>> }) {
  const [text, setText] = useState('');
  const all = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => a.localeCompare(b));
  const found = all.filter(([name, value]) => fold(`${name} ${formatAttribute(value)}`).includes(fold(text)));
  return (
    <>
      {all.length > few && (
        <TextInput
          type="search"
          size="xs"
          aria-label="Search attributes"
          placeholder="Search attributes"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {found.length > 0 ? (
        <AttributeList entries={found} />
      ) : (
        <Text size="sm" c="dimmed">
          {all.length === 0 ? 'None are known.' : 'None has that text.'}
        </Text>
      )}
    </>
  );
}
