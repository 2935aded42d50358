import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { SegmentWithRules } from '../api/answers.ts';

const toastMs = 20_000;

/** Says that rules are saved, with the way back to the revision that was there before. */
export function useSavedToast(undo: (saved: SegmentWithRules, before: number) => Promise<void>) {
  return (saved: SegmentWithRules, before: number) => {
    const id = `saved-${saved.id}-${saved.revision}`;
    const takeBack = async () => {
      notifications.hide(id);
      try {
        await undo(saved, before);
        notifications.show({ title: 'Taken back', message: `The rules of ${saved.name} are as they were before.` });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        notifications.show({ color: 'red', title: 'The save was not taken back', message });
      }
    };
    notifications.show({
      id,
      autoClose: toastMs,
      title: 'Rules saved',
      withCloseButton: true,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{saved.active ? 'Members follow in a moment.' : 'The segment is inactive.'}</Text>
          <Button size="xs" variant="default" onClick={() => void takeBack()}>
            Undo
          </Button>
        </Group>
      ),
    });
  };
}
