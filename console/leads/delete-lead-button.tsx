import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useApi } from '../api/api.ts';
import { announce } from '../parts/announcer.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { leadNames, type NamedLead } from '../words/lead-name.ts';
import { leadKeys } from './lead-queries.ts';

/** Deletes a lead for good, after a question. */
export function DeleteLeadButton({ lead }: { lead: NamedLead }) {
  const api = useApi();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [isAsking, asking] = useDisclosure();
  const { name } = leadNames(lead);
  const { leadId } = lead;
  const remove = useMutation({
    mutationFn: () => api.call('DELETE /leads/{leadId}', { parts: { leadId } }),
    onSuccess: () => {
      announce(`${name} is deleted`);
      void queryClient.invalidateQueries({ queryKey: leadKeys.leads });
    },
  });
  // `mutate` does not call this once the page is gone: who has left meanwhile is not taken back.
  const leave = async () => {
    await navigate({ to: '/leads' });
    queryClient.removeQueries({ queryKey: leadKeys.lead(leadId) });
  };
  return (
    <>
      <Button variant="default" c="var(--console-bad)" onClick={asking.open}>
        Delete lead
      </Button>
      <Modal opened={isAsking} onClose={asking.close} title={`Delete ${name}?`}>
        <Stack gap="md">
          <Text size="sm">
            Its attributes, events and history are gone for good, and it leaves every segment, which is published. What
            comes in about it later makes it a new lead.
          </Text>
          {remove.isError && <ProblemNotice title="The lead was not deleted" error={remove.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={asking.close} data-autofocus>
              Cancel
            </Button>
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() => {
                if (!remove.isPending) remove.mutate(undefined, { onSuccess: leave });
              }}
            >
              Delete lead
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
