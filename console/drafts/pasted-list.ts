/**
 * A pasted list as its values: one a line or cell where there are several of these, else with commas or semicolons
 * between. What is in quotes is one value, whatever is in it; two quotes within stand for one.
 */
export function pastedList(text: string): string[] {
  const pieces = cut(text, /[\n\r\t]/);
  return pieces.length > 1 ? pieces : cut(text, /[,;]/);
}

function cut(text: string, separator: RegExp): string[] {
  const values: string[] = [];
  let value = '';
  let isQuoted = false;
  const end = () => {
    if (value.trim()) values.push(value.trim());
    value = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (isQuoted) {
      if (character !== '"') value += character;
      else if (text[at + 1] === '"') value += text[++at];
      else isQuoted = false;
    } else if (character === '"' && !value.trim() && closesBefore(text, at, separator)) isQuoted = true;
    else if (separator.test(character)) end();
    else value += character;
  }
  end();
  return [...new Set(values)];
}

/** Whether quotes that open there close right before a separator: otherwise they are a part of the text, as in `5" pipe`. */
function closesBefore(text: string, open: number, separator: RegExp): boolean {
  const closing = /^"(?:[^"]|"")*"\s*?(?=[\s\S]|$)/.exec(text.slice(open));
  if (!closing) return false;
  const rest = text.slice(open + closing[0].length).replace(/^ +/, '');
  return rest === '' || separator.test(rest[0]!) || /[\n\r\t,;]/.test(rest[0]!);
}
