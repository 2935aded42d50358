import type { ReactNode } from 'react';

/** What is shown while something is read for the first time. */
export function Loading({ what }: { what: string }) {
  return (
    <output className="loading">
      <span className="spinner" aria-hidden="true" /> Loading {what} …
    </output>
  );
}

/** What is shown where there is nothing. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

interface ProblemNoticeProps {
  title: string;
  error: unknown;
  onRetry?: (() => void) | undefined;
  children?: ReactNode;
}

/** What went wrong, in the words of whoever refused it, and what can be done. */
export function ProblemNotice({ title, error, onRetry, children }: ProblemNoticeProps) {
  return (
    <div className="notice notice-bad" role="alert">
      <div>
        <strong>{title}</strong>
        <p>{error instanceof Error ? error.message : String(error)}</p>
      </div>
      <div className="notice-actions">
        {children}
        {onRetry && (
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}
