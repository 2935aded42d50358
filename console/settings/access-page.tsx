import { Anchor, Button, Code, CopyButton, Group, List, Text } from '@mantine/core';
import { useApi } from '../api/api.ts';
import { Card } from '../parts/card.tsx';
import { Page } from '../parts/page.tsx';

/** Who may call the API, and where it is. */
export function AccessPage() {
  const { address } = useApi();
  return (
    <Page heading="Access">
      <Card title="The API">
        <Group gap="xs">
          <Code fz="md" style={{ overflowWrap: 'anywhere' }}>
            {address}
          </Code>
          <CopyButton value={address}>
            {({ copied, copy }) => (
              <Button variant="default" size="xs" onClick={copy}>
                {copied ? 'Copied' : 'Copy address'}
              </Button>
            )}
          </CopyButton>
        </Group>
        <Text>
          Everything that this console does, it does over this API.{' '}
          <Anchor href={`${address}/openapi.json`} target="_blank" rel="noreferrer">
            Its contract (OpenAPI)
          </Anchor>{' '}
          says what it takes and answers.
        </Text>
      </Card>
      <Card title="Who may call">
        <List spacing="xs">
          <List.Item>
            Deployed as it is, the API requires AWS IAM: requests are signed by an identity that is allowed{' '}
            <Code>execute-api:Invoke</Code> on it.
          </List.Item>
          <List.Item>
            Deployed with <Code>-c jwtIssuer=URL -c jwtAudience=ID</Code>, it takes the tokens of that issuer instead.
          </List.Item>
          <List.Item>The local run checks neither, and listens on this machine only.</List.Item>
        </List>
        <Text c="dimmed">
          Whoever may call may do everything: there are no roles. Who saved a segment, and who added or excluded a lead,
          is kept with it.
        </Text>
      </Card>
    </Page>
  );
}
