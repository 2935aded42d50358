import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IdleOptions } from '../../local/idle.ts';
import type { StackFile } from '../../local/stack-file.ts';
import type { DrivenStack } from './driven-stack.ts';
import type { Answer, Question } from './stack-host.ts';

const host = fileURLToPath(new URL('stack-host.ts', import.meta.url));

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A stack in a process of its own, which can be killed as a whole. */
export class StackApart implements DrivenStack {
  /** What went wrong, as the stack logged it. */
  readonly problems: string[] = [];
  private readonly child: ChildProcess;
  private readonly directory: string;
  private readonly waiting = new Map<number, Waiting>();
  private readonly ended: Promise<unknown>;
  private answered?: StackFile;
  private questions = 0;

  private constructor(directory: string) {
    this.directory = directory;
    this.child = fork(host, [directory], { execArgv: ['--import', 'tsx'] });
    this.child.on('message', (answer: Answer) => this.hear(answer));
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    void this.ended.then(() => {
      for (const { reject } of this.waiting.values()) reject(new Error(`The stack ended: ${this.problems.join('\n')}`));
    });
  }

  static async start(directory: string): Promise<StackApart> {
    const stack = new StackApart(directory);
    stack.answered = (await stack.answerTo(0)) as StackFile;
    return stack;
  }

  get file(): StackFile {
    if (!this.answered) throw new Error('The stack does not answer yet');
    return this.answered;
  }

  idle = (options?: IdleOptions) => this.ask('idle', options) as Promise<void>;
  warm = () => this.ask('warm') as Promise<void>;
  kill = (functionId: string) => this.ask('kill', functionId) as Promise<number>;
  messagesKept = () => this.ask('messagesKept') as ReturnType<DrivenStack['messagesKept']>;

  async stop(): Promise<void> {
    await this.ask('stop');
    await this.ended;
  }

  /** Ends everything at once, the database too, as a machine that fails does. */
  async crash(): Promise<void> {
    const { pid } = JSON.parse(readFileSync(join(this.directory, 'dynamodb', 'process.json'), 'utf8'));
    this.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await this.ended;
  }

  private ask(ask: Question['ask'], value?: unknown): Promise<unknown> {
    const id = ++this.questions;
    const answer = this.answerTo(id);
    this.child.send({ id, ask, value } satisfies Question);
    return answer;
  }

  private answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  private hear({ id, value, failed, problems }: Answer): void {
    this.problems.push(...problems);
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (failed === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(failed));
  }
}
