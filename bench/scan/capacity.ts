import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Capacity units, as DynamoDB told them. */
interface Units {
  readonly read: number;
  readonly write: number;
}

const reads = new Set(['QueryCommand', 'GetItemCommand', 'BatchGetItemCommand']);

/** Adds up the units that the calls of a client consume. */
export class CapacityMeter {
  private total: Units = { read: 0, write: 0 };

  constructor(client: DynamoDBClient) {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
          const answer = await next(args);
          const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
          const units = [ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
          const kind = reads.has(commandName) ? 'read' : 'write';
          this.total = { ...this.total, [kind]: this.total[kind] + units };
          return answer;
        },
      { step: 'initialize', name: 'capacityMeter', override: true },
    );
  }

  /** Runs something and answers the units it consumed. */
  async unitsOf(run: () => Promise<unknown>): Promise<Units> {
    const before = this.total;
    await run();
    return { read: this.total.read - before.read, write: this.total.write - before.write };
  }
}
