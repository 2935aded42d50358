import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LeadDocument } from '../lead/lead-document.ts';
import { shardOf } from '../lead/shard.ts';
import type { Transition } from '../membership/transition.ts';
import type { Item } from './keyed-reads.ts';

/** A lead document larger than this (bytes of its item) is refused: DynamoDB's limit is 400 KB. */
export const maximumLeadItemBytes = 350_000;

/** The key of a lead's item. */
export function leadKey(leadId: string): Item {
  return { shard: { S: shardOf(leadId) }, leadId: { S: leadId } };
}

/**
 * A lead's document as the attributes beside its key: what conditions and indexes need by itself, the rest as one JSON
 * text, which a person can read in the AWS console and which is several times cheaper to decode than a map.
 */
export function encodeLead(document: LeadDocument, outbox: readonly Transition[]): Item {
  const { leadId: _leadId, version, catalogVersion, dueAt, ...rest } = document;
  const attributes: Item = {
    version: { N: String(version) },
    catalogVersion: { N: String(catalogVersion) },
    doc: { S: JSON.stringify(rest) },
  };
  if (dueAt !== undefined) attributes.dueAt = { N: String(dueAt) };
  // Empty rather than removed when there is none: a statement may remove only one attribute on every stand-in.
  attributes.outbox = { S: outbox.length > 0 ? JSON.stringify(outbox) : '' };
  return attributes;
}

/** The document of a stored item. */
export function decodeLead(item: Record<string, AttributeValue>): LeadDocument {
  const document = JSON.parse(item.doc?.S ?? '{}');
  document.leadId = item.leadId?.S;
  document.version = Number(item.version?.N);
  document.catalogVersion = Number(item.catalogVersion?.N);
  if (item.dueAt?.N !== undefined) document.dueAt = Number(item.dueAt.N);
  return document;
}

/** The transitions that a stored item announces. */
export function decodeOutbox(item: Record<string, AttributeValue>): readonly Transition[] {
  return item.outbox?.S ? JSON.parse(item.outbox.S) : [];
}

/** Bytes of an item's attributes, near enough to DynamoDB's own count for the size limit. */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce(
    (bytes, [name, value]) => bytes + name.length + Buffer.byteLength(value.S ?? value.N ?? ''),
    0,
  );
}
