import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clients } from '../../shared/aws/clients.ts';
import { progressKey, progressPartition } from '../../shared/aws/segments-keys.ts';
import { shards } from '../../shared/lead/shard.ts';
import { isRowBatchKey } from '../../shared/projection/row-keys.ts';
import type { Actor } from './scheduler.ts';
import type { Item } from './store/attribute-value.ts';
import type { Input } from './store/database.ts';
import type { World } from './world.ts';

type Send = (command: { input: Input }) => Promise<Input>;

/** A client that answers some commands otherwise: `answer` gets what the real one would be asked, and how. */
function withAnswers<T extends object>(
  client: T,
  answer: (command: { input: Input }, send: Send) => Promise<Input>,
): T {
  const { send } = client as unknown as { send: Send };
  return Object.assign(Object.create(client), { send: (command: { input: Input }) => answer(command, send) });
}

/** An account change is done before its fan-out is queued: somebody else sends it later, if nothing happens to them. */
export function withFanOutLater(clients: Clients, actor: Actor, world: World): Clients {
  if (!actor.name.startsWith('account-changes')) return clients;
  const sqs = withAnswers(clients.sqs, async (command, send) => {
    if (command.input.QueueUrl !== 'jobs') return send(command);
    const { actor: later, clients: laterClients } = world.createActor('late-fan-out');
    const { send: sendLater } = laterClients.sqs as unknown as { send: Send };
    world.run(
      later,
      () => sendLater(command),
      () => {},
      () => {},
    );
    return { Successful: [], Failed: [] };
  });
  return { ...clients, sqs };
}

/** The progress of a page is stored before its leads are evaluated. */
export function withProgressFirst(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('jobs')) return clients;
  const { send: put } = clients.documents as unknown as { send: Send };
  const dynamodb = withAnswers(clients.dynamodb, async (command, send) => {
    const isPage = command.input.TableName === 'Leads' && command.constructor.name === 'QueryCommand';
    const answer = await send(command);
    const message = /"segmentId":"(\w+)","runId":"([\w-]+)","shard":"(\d\d)"/.exec(actor.work);
    if (!isPage || !message) return answer;
    const [, segmentId, runId, shard] = message;
    const done = { done: answer.Count, entering: 0, leaving: 0, failed: 0, isFinished: true };
    const Item = { ...progressKey(segmentId!, shard!), shard, runId, ...done };
    await put(new PutCommand({ TableName: 'Segments', Item: { ...Item, progressedAt: new Date().toISOString() } }));
    return answer;
  });
  return { ...clients, dynamodb };
}

/** A run ends, and notes its conditions as filled, when the first shard is through. */
export function withEarlyEnd(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('jobs')) return clients;
  const documents = withAnswers(clients.documents, async (command, send) => {
    const answer = await send(command);
    const pk = command.input.ExpressionAttributeValues?.[':pk'];
    const [first] = answer.Items ?? [];
    if (!String(pk).startsWith(progressPartition('')) || !first) return answer;
    const Items = shards.map((shard) => ({ ...first, shard, sk: shard, isFinished: true }));
    return { ...answer, Items };
  });
  return { ...clients, documents };
}

/** Whoever asks whether a batch of rows was counted hears that it was. */
export function withBatchesTakenForCounted(clients: Clients): Clients {
  const dynamodb = withAnswers(clients.dynamodb, async (command, send) => {
    const keys: Item[] = command.input.RequestItems?.Memberships?.Keys ?? [];
    if (!keys.some(isRowBatchKey)) return send(command);
    return { Responses: { Memberships: keys.map((key) => ({ ...key, isCounted: { BOOL: true } })) } };
  });
  return { ...clients, dynamodb };
}

/** The reconciler knows counts as it read them before it counted rows. */
export function withCountsFromMemory(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('jobs')) return clients;
  const known = new Map<string, Item>();
  const idOf = ({ pk, sk }: Item) => `${pk?.S} ${sk?.S}`;
  const dynamodb = withAnswers(clients.dynamodb, async (command, send) => {
    if (command.constructor.name === 'TransactGetItemsCommand') {
      return { Responses: command.input.TransactItems.map(({ Get }: Input) => ({ Item: known.get(idOf(Get?.Key)) })) };
    }
    const answer = await send(command);
    const pk = command.input.ExpressionAttributeValues?.[':pk'];
    if (!pk?.S?.startsWith('#counts#')) return answer;
    for (const item of answer.Items as Item[]) known.set(idOf(item), item);
    return answer;
  });
  return { ...clients, dynamodb };
}

/** Rows whose condition was not met are taken for written. */
export function withRowsTakenForWritten(clients: Clients): Clients {
  const dynamodb = withAnswers(clients.dynamodb, async (command, send) => {
    const answer = await send(command);
    const [first] = command.input.Statements ?? [];
    if (!first?.Statement.includes('"Memberships"')) return answer;
    const isRefused = ({ Error: error }: Input) => /ConditionalCheckFailed|DuplicateItem/.test(error?.Code);
    return { Responses: answer.Responses.map((response: Input) => (isRefused(response) ? {} : response)) };
  });
  return { ...clients, dynamodb };
}
