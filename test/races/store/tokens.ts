/** One piece of an expression or statement. `quoted` is a name in double quotes, `text` a text in single quotes. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'name' | 'value' | 'number' | 'sign';
  readonly text: string;
}

const pattern =
  /\s*(?:"([^"]+)"|'([^']*)'|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([A-Za-z_][A-Za-z0-9_]*)|([0-9]+)|(<=|>=|<>|[=<>(),.[\]{}?:+-]))/y;
const kinds = ['quoted', 'text', 'name', 'value', 'word', 'number', 'sign'] as const;

const known = new Map<string, readonly Token[]>();

/** The tokens of an expression. Throws at what is none. */
export function tokensOf(source: string): readonly Token[] {
  const earlier = known.get(source);
  if (earlier) return earlier;
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match) throw new Error(`Cannot read "${source.slice(start)}" in: ${source}`);
    const index = match.slice(1).findIndex((group) => group !== undefined);
    tokens.push({ kind: kinds[index]!, text: match[index + 1]! });
  }
  if (known.size < 2_000) known.set(source, tokens);
  return tokens;
}

/** Reads tokens one after the other. */
export class TokenReader {
  private readonly tokens: readonly Token[];
  private readonly source: string;
  private position = 0;

  constructor(source: string) {
    this.source = source;
    this.tokens = tokensOf(source);
  }

  get isAtEnd(): boolean {
    return this.position >= this.tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.position + ahead];
  }

  next(): Token {
    const token = this.tokens[this.position++];
    if (!token) throw new Error(`More was expected at the end of: ${this.source}`);
    return token;
  }

  /** Whether the next token is that keyword (in any case) or sign. */
  isNext(text: string): boolean {
    const token = this.peek();
    if (token?.kind === 'sign') return token.text === text;
    return token?.kind === 'word' && token.text.toUpperCase() === text;
  }

  /** Takes the next token if it is that keyword or sign. */
  take(text: string): boolean {
    const isIt = this.isNext(text);
    if (isIt) this.position++;
    return isIt;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`"${text}" was expected`);
  }

  fail(why: string): never {
    throw new Error(`${why} before "${this.peek()?.text ?? 'the end'}" in: ${this.source}`);
  }
}
