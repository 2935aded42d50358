import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { describeRules } from '../../shared/rule/describe.ts';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import { useApi } from '../api/api.ts';
import { inTurn } from '../parts/in-turn.ts';
import { formatLeads } from '../words/format.ts';
import classes from './segment-list.module.css';

/** A template's name and rules in words, and how many leads would be in it now. */
export function TemplateText({ template }: { template: SegmentTemplate }) {
  const { name, match, rules } = template;
  const count = useCountOf(template);
  return (
    <>
      <Text fw={600}>{name}</Text>
      <Text size="sm" c="dimmed" className={classes.words}>
        {describeRules(match, rules)}
      </Text>
      <Text size="sm" fw={600} mt={4} mih="1.5em">
        {count}
      </Text>
    </>
  );
}

/** "46 leads now"; nothing before it is counted, and where it cannot be. */
function useCountOf({ name, match, rules }: SegmentTemplate): string {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['count-of-template', name],
    queryFn: ({ signal }) =>
      inTurn(signal, () => api.call('POST /preview', { body: { match, rules: [...rules], sampleSize: 0 }, signal })),
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
  return data ? `${data.exact ? '' : 'About '}${formatLeads(data.total)} now` : '';
}
