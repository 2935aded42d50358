import { Button } from '@mantine/core';
import type { RuleNotes } from './builder-context.ts';
import classes from './rules.module.css';

interface RuleNotesListProps {
  notes: RuleNotes;
  /** Writes what was perhaps meant in place of what is there. */
  onTake: (part: string, instead: string) => void;
}

/** What is wrong with a rule, what is odd about it, and what was perhaps meant. */
export function RuleNotesList({ notes: { notesId, wrong, advice }, onTake }: RuleNotesListProps) {
  return (
    <ul id={notesId} className={classes.notes} aria-live="polite" hidden={wrong.length + advice.length === 0}>
      {wrong.map(({ message }) => (
        <li key={message} className={classes.wrong}>
          {message}
        </li>
      ))}
      {advice.map(({ part, message, instead }) => (
        <li key={message} className={classes.advice}>
          {message}
          {instead !== undefined && (
            <>
              {' Did you mean '}
              <Button variant="default" size="compact-xs" onClick={() => onTake(part, instead)}>
                {instead}
              </Button>
              ?
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
