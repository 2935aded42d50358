import { createContext, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Rule } from '../../shared/rule/rule.ts';
import type { Vocabulary } from '../api/answers.ts';
import { problemsOfRule, type ToldProblem } from '../drafts/part-problems.ts';
import type { Rules } from '../drafts/rule-tree.ts';
import { type Advice, adviceFor } from '../drafts/value-advice.ts';

/** A change of the whole list. */
export type RulesChange = (rules: Rules) => Rules;

/** What every rule in a builder needs. It stays the same object while one types. */
export interface Builder {
  /** `about`: what is typed about the same is undone together. */
  readonly edit: (change: RulesChange, about?: string) => void;
  /** The whole list as it is now. */
  readonly peek: () => Rules;
  /** Calls once no button of the mouse is down: what appears before would take what is pressed from under it. */
  readonly afterPress: (then: () => void) => void;
  /** Asks what to add to a group, or to the whole list. */
  readonly openPalette: (groupId: string | undefined) => void;
  readonly vocabulary: Vocabulary | undefined;
  /** The segment whose rules these are: it cannot name itself. */
  readonly segmentId: string | undefined;
  /** Whether there are so many rules that only those in view have their controls. */
  readonly isLong: boolean;
  /** A rule in words. */
  readonly sayRule: (rule: Rule) => string;
  /** Whether what is missing is shown everywhere, since somebody tried to save. */
  readonly isTried: boolean;
  /** What the API refused, and what it finds odd, by rule id. */
  readonly refused: ReadonlyMap<string, readonly ToldProblem[]>;
  readonly odd: ReadonlyMap<string, readonly ToldProblem[]>;
}

export const BuilderContext = createContext<Builder | undefined>(undefined);

/** The builder that a rule is in. */
export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (!builder) throw new Error('This is not within a rule builder');
  return builder;
}

/** What is shown at one rule. */
export interface RuleNotes {
  /** The id of the element that shows it. */
  readonly notesId: string;
  readonly wrong: readonly { part: string; message: string }[];
  readonly advice: readonly Advice[];
}

const nothing: RuleNotes = { notesId: '', wrong: [], advice: [] };

export const RuleNotesContext = createContext<RuleNotes>(nothing);

const isWithin = (part: string, whole: string) => whole === '' || part === whole || part.startsWith(`${whole}/`);

/** What the control of a part of a rule has to be told, for Mantine's inputs. */
export function usePart(part: string) {
  const { notesId, wrong } = use(RuleNotesContext);
  const isWrong = wrong.some((problem) => isWithin(problem.part, part));
  return { 'data-part': part, error: isWrong, ...(isWrong && { 'aria-describedby': notesId }) };
}

/**
 * What is wrong with a rule, as far as it is to be shown: what is missing, once its field was left or a save was tried;
 * what the API said of it, as long as it is as it was.
 */
export function useRuleNotes(rule: Rule, notesId: string) {
  const { isTried, refused, odd, vocabulary, afterPress } = useBuilder();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const notes = useMemo((): RuleNotes => {
    const toldOf = (told: readonly ToldProblem[] = []) => told.filter((problem) => problem.rule === rule);
    const missing = problemsOfRule(rule).filter(
      ({ part }) => isTried || [...left].some((leftPart) => isWithin(part, leftPart)),
    );
    const advice = vocabulary ? adviceFor(rule, vocabulary) : [];
    const others = toldOf(odd.get(rule.id ?? '')).filter(({ part }) => !advice.some((own) => own.part === part));
    return {
      notesId,
      wrong: unique([...toldOf(refused.get(rule.id ?? '')), ...missing]),
      advice: [...advice, ...others],
    };
  }, [rule, notesId, isTried, refused, odd, vocabulary, left]);
  const leave = (part: string) =>
    afterPress(() => setLeft((before) => (before.has(part) ? before : new Set([...before, part]))));
  return { notes, leave };
}

function unique<T extends { message: string }>(problems: readonly T[]): T[] {
  return problems.filter(({ message }, index) => problems.findIndex((other) => other.message === message) === index);
}

/** Tells when no button of the mouse, and no finger, is down any more. */
export function useAfterPress(): Builder['afterPress'] {
  const isPressed = useRef(false);
  useEffect(() => {
    const press = () => {
      isPressed.current = true;
    };
    const release = () => {
      isPressed.current = false;
    };
    window.addEventListener('pointerdown', press, true);
    window.addEventListener('pointerup', release, true);
    window.addEventListener('pointercancel', release, true);
    return () => {
      window.removeEventListener('pointerdown', press, true);
      window.removeEventListener('pointerup', release, true);
      window.removeEventListener('pointercancel', release, true);
    };
  }, []);
  return useCallback((then) => {
    if (!isPressed.current) return then();
    const after = () => {
      window.removeEventListener('pointerup', after);
      window.removeEventListener('pointercancel', after);
      // The click comes right after the release.
      setTimeout(then);
    };
    window.addEventListener('pointerup', after);
    window.addEventListener('pointercancel', after);
  }, []);
}
