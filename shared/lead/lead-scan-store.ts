import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '../aws/read-items.ts';
import type { ReadPacer } from '../aws/read-pacer.ts';
import { idInKey } from '../id/id-in-key.ts';
import type { LeadDocument } from './lead-document.ts';
import { leadIdOf, refuseNewerLead } from './lead-item.ts';
import type { LeadReads, LeadScan } from './lead-reads.ts';
import { leadTextReader } from './lead-texts.ts';
import { eventsTextReader, membershipsTextReader } from './membership-texts.ts';

/** Reads pages of leads as far as a scan needs them: DynamoDB is asked for no other attributes, and no other entries are read. */
export function createLeadScanStore(dynamodb: DynamoDBClient, table: string, pace: ReadPacer): LeadScan {
  return (reads) => {
    const attributes = scannedAttributes(reads);
    const decode = scanDecoder(reads);
    const names = Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
    return async (shard, after, limit, isTimeUp) => {
      const query = new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#shard = :shard',
        ProjectionExpression: Object.keys(names).join(', '),
        ExpressionAttributeNames: { '#shard': 'shard', ...names },
        ExpressionAttributeValues: { ':shard': { S: shard } },
        ConsistentRead: true,
        Limit: limit,
        ReturnConsumedCapacity: 'TOTAL',
        ...(after !== undefined && { ExclusiveStartKey: { shard: { S: shard }, leadId: { S: idInKey(after) } } }),
      });
      const { Items = [], LastEvaluatedKey } = await pace(shard, () => dynamodb.send(query), isTimeUp);
      const next = LastEvaluatedKey && leadIdOf(LastEvaluatedKey);
      return { leads: Items.map(decode), ...(next !== undefined && { next }) };
    };
  };
}

/** The attributes of an item that hold what is asked for. */
function scannedAttributes({ memberships, events }: LeadReads): string[] {
  const ofMemberships = memberships.length > 0 ? ['memberships'] : [];
  return [
    'leadId',
    'catalogVersion',
    'formatVersion',
    'lead',
    ...ofMemberships,
    ...(events.length > 0 ? ['events'] : []),
  ];
}

/** A decoder of items to documents that have what is asked for. */
export function scanDecoder(reads: LeadReads): (item: Item) => LeadDocument {
  const readLead = leadTextReader(reads.attributes, reads.accountAttributes);
  const readMemberships = membershipsTextReader(reads.memberships);
  const readEvents = eventsTextReader(reads.events);
  return (item) => {
    refuseNewerLead(item);
    const document = {
      leadId: leadIdOf(item),
      version: 0,
      catalogVersion: Number(item.catalogVersion?.N),
      evaluatedAt: 0,
      updatedAt: 0,
      attributes: {},
      setAt: {},
      attributesSetAt: 0,
      events: reads.events.length > 0 ? readEvents(item.events?.S ?? '') : {},
      eventTypes: [],
      memberships: {},
    };
    readLead(document, item.lead?.S ?? '');
    return reads.memberships.length > 0
      ? Object.assign(document, readMemberships(item.memberships?.S ?? ''))
      : document;
  };
}
