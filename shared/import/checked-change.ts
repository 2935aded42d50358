import type { z } from 'zod';
import { checkChange } from '../lead/change-message.ts';
import type { Value } from '../rule/value.ts';

/** What a message says. */
export interface ChangeContent {
  readonly occurredAt: string;
  readonly attributes?: Record<string, Value>;
  engagementLevel?: string;
  profileLevel?: string;
  accountLevel?: string;
  readonly [name: string]: unknown;
}

/** A part of a change that came from one cell, and can be left out: an attribute or a level, by its name. */
export type CellOfChange = { readonly attribute: string } | { readonly level: (typeof levelNames)[number] };

const levelNames = ['engagementLevel', 'profileLevel', 'accountLevel'] as const;

/**
 * Takes out of a change the cells that it cannot have, each told to `leaveOut`. Answers why the rest cannot be sent either;
 * undefined when it can. `now`: epoch ms, which moments must not be far ahead of.
 */
export function takeOutBadCells(
  content: ChangeContent,
  schema: z.ZodType<{ occurredAt: number }>,
  now: number,
  leaveOut: (cell: CellOfChange, reason: string, value: string) => void,
): string | undefined {
  for (;;) {
    const { errors } = checkChange(content, schema, now);
    if (!errors) return undefined;
    const bad = errors.flatMap(({ path, message }) => {
      const cell = cellAt(path, content);
      return cell ? [{ cell, message }] : [];
    });
    const [{ path, message }] = errors as [(typeof errors)[number]];
    if (bad.length === 0) return `${path.slice(1)} ${message}`.trim();
    for (const one of bad) leaveOut(one.cell, one.message, takeOut(content, one.cell));
  }
}

/** What is at a JSON Pointer into a change, if it came from one cell. */
function cellAt(path: string, { attributes = {} }: ChangeContent): CellOfChange | undefined {
  const level = levelNames.find((name) => path === `/${name}`);
  if (level) return { level };
  const [, written] = /^\/attributes\/(.*)$/s.exec(path) ?? [];
  const attribute = written?.replaceAll('~1', '/').replaceAll('~0', '~');
  return attribute !== undefined && Object.hasOwn(attributes, attribute) ? { attribute } : undefined;
}

function takeOut(content: ChangeContent, cell: CellOfChange): string {
  const [holder, name]: [Record<string, unknown>, string] =
    'level' in cell ? [content, cell.level] : [content.attributes!, cell.attribute];
  const value = String(holder[name]);
  delete holder[name];
  return value;
}
