import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clients } from '../../shared/aws/clients.ts';
import {
  openRunKey,
  openRunsPartition,
  progressKey,
  progressPartition,
  roundLeasesPartition,
  roundsAskedForKey,
  roundsPartition,
} from '../../shared/aws/segments-keys.ts';
import { shards } from '../../shared/lead/shard.ts';
import { isRowBatchKey } from '../../shared/projection/row-keys.ts';
import type { OpenRun } from '../../shared/recalculation/recalculation.ts';
import type { WaitingRun } from '../../shared/recalculation/round.ts';
import type { Actor } from './scheduler.ts';
import type { Item } from './store/attribute-value.ts';
import type { Input } from './store/database.ts';
import { type Send, withAnswers } from './with-answers.ts';
import type { World } from './world.ts';

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

const isOfRecalculation = (actor: Actor) => actor.work.includes('"recalculation"');
const partitionOf = ({ input }: { input: Input }) => input.ExpressionAttributeValues?.[':pk'] ?? input.Item?.pk;

/** Notes that a run is through with a shard. */
async function finishShard(send: Send, shard: string, run: Pick<OpenRun, 'segmentId' | 'runId' | 'attempt'>) {
  const { segmentId, runId, attempt } = run;
  const done = {
    done: 1,
    entering: 0,
    leaving: 0,
    failed: 0,
    isFinished: true,
    progressedAt: new Date().toISOString(),
  };
  const Item = { ...progressKey(segmentId, shard), shard, runId, attempt, ...done };
  await send(new PutCommand({ TableName: 'Segments', Item }));
  const through = new UpdateCommand({
    TableName: 'Segments',
    Key: openRunKey(segmentId),
    UpdateExpression: 'ADD through :shard',
    ExpressionAttributeValues: { ':shard': new Set([shard]) },
  });
  await send(through);
}

/** Runs are through with a shard before the leads of its last page are evaluated. */
export function withProgressFirst(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('jobs')) return clients;
  const { send: ask } = clients.documents as unknown as { send: Send };
  const dynamodb = withAnswers(clients.dynamodb, async (command, send) => {
    const isPage = command.input.TableName === 'Leads' && command.constructor.name === 'QueryCommand';
    const answer = await send(command);
    if (!isPage || !isOfRecalculation(actor) || answer.LastEvaluatedKey) return answer;
    const query = {
      TableName: 'Segments',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': openRunsPartition },
    };
    const { Items = [] } = await ask(new QueryCommand(query));
    for (const run of Items) await finishShard(ask, command.input.ExpressionAttributeValues[':shard'].S, run);
    return answer;
  });
  return { ...clients, dynamodb };
}

/** A run ends, and notes its conditions as filled, when the first shard is through. */
export function withEarlyEnd(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('jobs')) return clients;
  const documents = withAnswers(clients.documents, async (command, send) => {
    const answer = await send(command);
    if (command.input.UpdateExpression === 'ADD through :shard') {
      return { ...answer, Attributes: { ...answer.Attributes, through: new Set(shards) } };
    }
    const [first] = answer.Items ?? [];
    if (!String(partitionOf(command)).startsWith(progressPartition('')) || !first) return answer;
    const Items = shards.map((shard) => ({ ...first, shard, sk: shard, isFinished: true }));
    return { ...answer, Items };
  });
  return { ...clients, documents };
}

/** A run that joined late is through when the round is at the shard's end. */
export function withoutComingRound(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('jobs')) return clients;
  const documents = withAnswers(clients.documents, async (command, send) => {
    if (partitionOf(command) !== roundsPartition || !command.input.Item) return send(command);
    const { Item, ...request } = command.input;
    const waiting = Item.waiting as readonly WaitingRun[];
    for (const run of waiting.filter(({ hasStartedOver }) => hasStartedOver)) await finishShard(send, Item.shard, run);
    const rest = waiting.filter(({ hasStartedOver }) => !hasStartedOver);
    return send(new PutCommand({ TableName: 'Segments', ...request, Item: { ...Item, waiting: rest } }));
  });
  return { ...clients, documents };
}

/** Whoever lets go of a round does not look again for runs that began meanwhile. */
export function withoutLastLook(clients: Clients, actor: Actor): Clients {
  if (!actor.name.startsWith('jobs')) return clients;
  let hasLetGo = false;
  const documents = withAnswers(clients.documents, async (command, send) => {
    const isLook = partitionOf(command) === openRunsPartition;
    if (isLook && hasLetGo) return { Items: [] };
    if (command.input.UpdateExpression?.startsWith('REMOVE holder')) hasLetGo = true;
    if (command.input.UpdateExpression?.startsWith('SET holder')) hasLetGo = false;
    return send(command);
  });
  return { ...clients, documents };
}

/** A message for a round is taken to be on its way although the round was taken up since it was sent. */
export function withMessagesTakenForWaiting(clients: Clients): Clients {
  const documents = withAnswers(clients.documents, async (command, send) => {
    const answer = await send(command);
    if (partitionOf(command) !== roundLeasesPartition || !answer.Items) return answer;
    const terms = new Map((answer.Items as Input[]).map(({ sk, term }) => [String(sk), term]));
    const Items = (answer.Items as Input[]).map((item) => {
      if (item.sk !== roundsAskedForKey.sk) return item;
      const asked = Object.entries<Input>(item.shards);
      return {
        ...item,
        shards: Object.fromEntries(asked.map(([shard, { at }]) => [shard, { at, term: terms.get(shard) ?? 0 }])),
      };
    });
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

/** The snapshot of the catalog is taken for what the catalog is now. */
export function withSnapshotTakenForCurrent(clients: Clients): Clients {
  const documents = withAnswers(clients.documents, async (command, send) => {
    const answer = await send(command);
    const snapshot = answer?.Item?.snapshot;
    if (!(command instanceof GetCommand) || !snapshot) return answer;
    return { ...answer, Item: { ...answer.Item, snapshot: { ...snapshot, version: answer.Item.version } } };
  });
  return { ...clients, documents };
}
