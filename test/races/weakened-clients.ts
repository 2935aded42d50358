import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clients } from '../../shared/aws/clients.ts';
import { shards } from '../../shared/lead/shard.ts';
import type { Actor } from './scheduler.ts';
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
    if (command.input.QueueUrl !== 'reevaluations') return send(command);
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
  if (!actor.name.startsWith('reevaluations')) return clients;
  const { send: put } = clients.documents as unknown as { send: Send };
  const dynamodb = withAnswers(clients.dynamodb, async (command, send) => {
    const isPage = command.input.TableName === 'Leads' && command.constructor.name === 'QueryCommand';
    const answer = await send(command);
    const message = /"segmentId":"(\w+)","runId":"([\w-]+)","shard":"(\d\d)"/.exec(actor.work);
    if (!isPage || !message) return answer;
    const [, segmentId, runId, shard] = message;
    const done = { done: answer.Count, entering: 0, leaving: 0, failed: 0, isFinished: true };
    const Item = { pk: `recalculation#${segmentId}`, sk: shard, shard, runId, ...done };
    await put(new PutCommand({ TableName: 'Segments', Item: { ...Item, progressedAt: new Date().toISOString() } }));
    return answer;
  });
  return { ...clients, dynamodb };
}

/** A run ends, and notes its conditions as filled, when the first shard is through. */
export function withEarlyEnd(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('reevaluations')) return clients;
  const documents = withAnswers(clients.documents, async (command, send) => {
    const answer = await send(command);
    const pk = command.input.ExpressionAttributeValues?.[':pk'];
    const [first] = answer.Items ?? [];
    if (!String(pk).startsWith('recalculation#') || !first) return answer;
    const Items = shards.map((shard) => ({ ...first, shard, sk: shard, isFinished: true }));
    return { ...answer, Items };
  });
  return { ...clients, documents };
}
