import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconBoxMultiple,
  IconCopy,
  IconDots,
  IconFold,
  IconLogin2,
  IconLogout2,
  IconTrash,
} from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Rule } from '../../shared/rule/rule.ts';
import {
  type Step,
  withGroupOpened,
  withoutRule,
  withRuleInGroup,
  withRuleStepped,
  withRuleTwice,
} from '../drafts/rule-tree.ts';
import { announce } from '../parts/announcer.tsx';
import { type RulesChange, useBuilder } from './builder-context.ts';

const steps: Readonly<Record<Step, { label: string; done: string; Icon: typeof IconArrowUp }>> = {
  up: { label: 'Move up', done: 'Moved up', Icon: IconArrowUp },
  down: { label: 'Move down', done: 'Moved down', Icon: IconArrowDown },
  in: { label: 'Move into the group beside it', done: 'Moved into the group', Icon: IconLogin2 },
  out: { label: 'Move out of the group', done: 'Moved out of the group', Icon: IconLogout2 },
};

/** What can be done with a rule as a whole, by keys too. */
export function RuleMenu({ rule }: { rule: Rule }) {
  const { edit } = useBuilder();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = rule.id!;
  const noun = rule.type === 'group' ? 'group' : 'rule';
  const act = (change: RulesChange, done: string) => {
    edit((rules) => change(rules));
    announce(done);
  };
  const remove = () => {
    const list = button.current?.closest('ol');
    const place = button.current?.closest('li');
    // The focus goes on to what is beside the rule, where it would be lost with it.
    const next = place?.nextElementSibling ?? place?.previousElementSibling;
    const add = list?.parentElement?.querySelector<HTMLElement>('[data-add]');
    act((rules) => withoutRule(rules, id), `The ${noun} is removed`);
    setTimeout(() => {
      const control = next?.querySelector<HTMLElement>('[data-menu]') ?? add;
      if (control?.isConnected) control.focus();
      else document.querySelector<HTMLElement>('[data-add]')?.focus();
    });
  };
  return (
    <>
      <ActionIcon
        ref={button}
        data-menu
        aria-label={`More for this ${noun}`}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(true)}
      >
        <IconDots size={16} aria-hidden="true" />
      </ActionIcon>
      {isOpen && (
        <Menu
          opened
          onChange={setOpen}
          position="bottom-end"
          withinPortal={false}
          withInitialFocusPlaceholder={false}
          returnFocus={false}
          onClose={() => button.current?.isConnected && button.current.focus()}
        >
          <Menu.Target>
            <span aria-hidden="true" />
          </Menu.Target>
          <Menu.Dropdown>
            <Steps id={id} onStep={(step) => act((rules) => withRuleStepped(rules, id, step), steps[step].done)} />
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconCopy size={16} aria-hidden="true" />}
              onClick={() => act((rules) => withRuleTwice(rules, id), `The ${noun} is there twice`)}
            >
              Duplicate
            </Menu.Item>
            <Menu.Item
              leftSection={<IconBoxMultiple size={16} aria-hidden="true" />}
              onClick={() => act((rules) => withRuleInGroup(rules, id), 'It is in a group')}
            >
              Wrap in a group
            </Menu.Item>
            {rule.type === 'group' && (
              <Menu.Item
                leftSection={<IconFold size={16} aria-hidden="true" />}
                onClick={() => act((rules) => withGroupOpened(rules, id), 'The group is opened')}
              >
                Ungroup
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item c="var(--console-bad)" leftSection={<IconTrash size={16} aria-hidden="true" />} onClick={remove}>
              Remove {noun}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

/** The steps that lead somewhere from where the rule is. */
function Steps({ id, onStep }: { id: string; onStep: (step: Step) => void }) {
  const { peek } = useBuilder();
  const rules = peek();
  return (Object.keys(steps) as Step[]).map((step) => {
    const { label, Icon } = steps[step];
    return (
      <Menu.Item
        key={step}
        leftSection={<Icon size={16} aria-hidden="true" />}
        disabled={withRuleStepped(rules, id, step) === rules}
        onClick={() => onStep(step)}
      >
        {label}
      </Menu.Item>
    );
  });
}
