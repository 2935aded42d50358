import { modals } from '@mantine/modals';
import { useRef, useState } from 'react';
import type { DryRunAnswer } from '../api/answers.ts';
import { isWorthAsking, readThreshold } from '../drafts/impact-threshold.ts';
import type { Choice, ImpactToShow } from './impact-choice.tsx';

/** A write that may move many leads. */
export interface ImpactQuestion<Saved> extends ImpactToShow {
  /** The question: "Save these rules?" */
  readonly title: string;
  /** What the write would do, which refuses what the write would refuse. */
  readonly dryRun: () => Promise<DryRunAnswer>;
  readonly save: (options: { notify: boolean }) => Promise<Saved>;
  /** Ask even where nobody moves. */
  readonly always?: boolean;
}

/**
 * Asks before a write that moves many leads, and shows what it would do. `ask` answers what was saved, or undefined where
 * the person thought better of it; it throws what the API refuses. One question at a time: another is not asked meanwhile.
 */
export function useImpactQuestion() {
  const [isAsking, setAsking] = useState(false);
  const isBusy = useRef(false);
  const ask = async <Saved,>(question: ImpactQuestion<Saved>): Promise<Saved | undefined> => {
    if (isBusy.current) return undefined;
    isBusy.current = true;
    setAsking(true);
    try {
      const found = await question.dryRun();
      const isAsked = question.always || isWorthAsking(found, question.members, readThreshold());
      const choice = isAsked ? await choose(question, found) : 'save';
      return choice === 'cancel' ? undefined : await question.save({ notify: choice === 'save' });
    } finally {
      isBusy.current = false;
      setAsking(false);
    }
  };
  return { ask, isAsking };
}

async function choose(question: Omit<ImpactQuestion<unknown>, 'save'>, found: DryRunAnswer): Promise<Choice> {
  const { ImpactChoice } = await import('./impact-choice.tsx');
  return new Promise((resolve) => {
    const modalId = modals.open({
      title: question.title,
      children: (
        <ImpactChoice
          question={question}
          found={found}
          onChoose={(choice) => {
            resolve(choice);
            modals.close(modalId);
          }}
        />
      ),
      onClose: () => resolve('cancel'),
    });
  });
}
