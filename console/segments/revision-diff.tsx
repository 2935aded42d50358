import { Table, Text, VisuallyHidden } from '@mantine/core';
import type { SegmentWithRules } from '../api/answers.ts';
import { useSegmentNames } from '../rules/rule-queries.ts';
import classes from './revision-diff.module.css';
import { diffRules } from './rules-diff.ts';

/** What of a segment a revision has. */
type Content = Pick<SegmentWithRules, 'name' | 'description' | 'match' | 'rules'>;

interface RevisionDiffProps {
  readonly before: Content;
  readonly after: Content;
  /** What the two are called. */
  readonly names: readonly [string, string];
}

const matchWords = { all: 'All of these', any: 'Any of these' };

/** Two revisions side by side: name, description, how rules combine, and each rule in words. */
export function RevisionDiff({ before, after, names }: RevisionDiffProps) {
  const nameOf = useSegmentNames();
  const texts = [
    { label: 'Name', before: before.name, after: after.name },
    { label: 'Description', before: before.description, after: after.description },
    { label: 'Combined', before: matchWords[before.match], after: matchWords[after.match] },
  ].filter((text) => text.before !== text.after || text.label === 'Combined');
  const rules = diffRules(before.rules, after.rules, nameOf);
  return (
    <Table withTableBorder layout="fixed" className={classes.diff} aria-label={`${names[0]} and ${names[1]}`}>
      <Table.Thead>
        <Table.Tr>
          {names.map((name) => (
            <Table.Th key={name} scope="col">
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {texts.map(({ label, ...row }) => (
          <Row key={label} {...row} isSame={row.before === row.after} label={label} />
        ))}
        {rules.map((row, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is what it says, and two may say the same
          <Row key={place} {...row} />
        ))}
        {rules.length === 0 && (
          <Table.Tr>
            <Table.Td colSpan={2}>
              <Text size="sm" c="dimmed">
                Neither has rules.
              </Text>
            </Table.Td>
          </Table.Tr>
        )}
      </Table.Tbody>
    </Table>
  );
}

interface RowProps {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly isSame: boolean;
  readonly label?: string;
}

function Row({ before, after, isSame, label }: RowProps) {
  return (
    <Table.Tr>
      <Side text={before} label={label} mark={isSame ? undefined : 'removed'} />
      <Side text={after} label={label} mark={isSame ? undefined : 'added'} />
    </Table.Tr>
  );
}

interface SideProps {
  readonly text: string | undefined;
  readonly label: string | undefined;
  readonly mark: 'removed' | 'added' | undefined;
}

function Side({ text, label, mark }: SideProps) {
  if (text === undefined) return <Table.Td className={classes.none}>–</Table.Td>;
  return (
    <Table.Td className={classes.side} data-mark={mark}>
      {mark && (
        <>
          <span aria-hidden="true">{mark === 'added' ? '+ ' : '− '}</span>
          <VisuallyHidden>{mark}: </VisuallyHidden>
        </>
      )}
      {label && `${label}: `}
      {text || 'none'}
    </Table.Td>
  );
}
