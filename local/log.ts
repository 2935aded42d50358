/** Where the local run says what it does; tests pass a quiet one. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
  /** One line that a function wrote to its standard output or error. */
  functionOutput(functionName: string, line: string, stream: 'stdout' | 'stderr'): void;
}

/** A log for a terminal: lines of functions below warning only when `verbose`. */
export function terminalLog({ verbose }: { verbose: boolean }): Log {
  return {
    info: (line) => console.log(line),
    warn: (line) => console.warn(`warning: ${line}`),
    error: (line) => console.error(`error: ${line}`),
    functionOutput: (functionName, line, stream) => {
      const shown = describeFunctionLine(line, stream);
      if (shown.important) console.error(`${functionName} ${shown.text}`);
      else if (verbose) console.log(`${functionName} ${shown.text}`);
    },
  };
}

/** A log that keeps nothing but what went wrong, as lines. */
export function collectingLog(): Log & { problems: string[] } {
  const problems: string[] = [];
  return {
    problems,
    info: () => undefined,
    warn: (line) => problems.push(line),
    error: (line) => problems.push(line),
    functionOutput: (functionName, line, stream) => {
      const shown = describeFunctionLine(line, stream);
      if (shown.important) problems.push(`${functionName} ${shown.text}`);
    },
  };
}

/** Structured lines are shortened to level, message and error; their level decides, else the stream does. */
function describeFunctionLine(line: string, stream: 'stdout' | 'stderr'): { important: boolean; text: string } {
  if (line.startsWith('{') && line.endsWith('}')) {
    try {
      const entry = JSON.parse(line) as {
        level?: string;
        message?: string;
        error?: { name?: string; message?: string; location?: string; stack?: string };
      };
      if (typeof entry.level === 'string') {
        const level = entry.level.toUpperCase();
        const error = entry.error ? ` (${entry.error.name ?? 'Error'}: ${entry.error.message ?? ''})` : '';
        return {
          important: level === 'WARN' || level === 'ERROR' || level === 'CRITICAL',
          text: `${level.toLowerCase()}: ${entry.message ?? ''}${error}`,
        };
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return { important: stream === 'stderr', text: line };
}
