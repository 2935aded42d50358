import { List, Text } from '@mantine/core';
import { TextLink } from '../parts/link.tsx';
import type { Dependant } from './segment-queries.ts';

/** Segments by name, each a link, with how they depend on the one in question. */
export function DependantList({ dependants }: { dependants: readonly Dependant[] }) {
  return (
    <List spacing={4}>
      {dependants.map(({ id, name, active, direct }) => (
        <List.Item key={id}>
          <TextLink to="/segments/$segmentId/rules" params={{ segmentId: id }}>
            {name}
          </TextLink>{' '}
          <Text span c="dimmed" size="sm">
            {active ? 'active' : 'inactive'}
            {!direct && ', through another segment'}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
