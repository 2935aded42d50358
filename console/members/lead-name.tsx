import { Text } from '@mantine/core';
import { TextLink } from '../parts/link.tsx';
import { leadNames, type NamedLead } from '../words/lead-name.ts';
import classes from './lead-name.module.css';

/** A lead by the name that people know, with its e-mail address and id below; a link to its page. */
export function LeadName({ lead }: { lead: NamedLead }) {
  const { name, rest } = leadNames(lead);
  return (
    <div className={classes.lead}>
      <div className={classes.name}>
        <TextLink to="/leads/$leadId" params={{ leadId: lead.leadId }}>
          {name}
        </TextLink>
      </div>
      {rest && (
        <Text size="xs" c="dimmed" className={classes.line}>
          {rest}
        </Text>
      )}
    </div>
  );
}
