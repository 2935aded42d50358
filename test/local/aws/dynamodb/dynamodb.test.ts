import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startDynamoDb } from '../../../../local/aws/dynamodb/dynamodb.ts';
import { indexStreamRecords } from '../../../../local/aws/dynamodb/dynoxide-database.ts';
import { collectingLog } from '../../../../local/log.ts';
import { startFixture } from '../../fixture/fixture-stack.ts';
import { temporaryDirectory } from '../../temporary-directory.ts';

const hasJava = spawnSync('java', ['-version']).status === 0;
const anyPort = { what: 'DynamoDB', flag: '--dynamodb-port', port: 0 };

describe('DynamoDB Local', () => {
  it.runIf(hasJava)('runs the same stack, and keeps its state', async () => {
    const directory = temporaryDirectory();
    const published: unknown[] = [];
    for (const id of ['first', 'second']) {
      const { stack, send, item } = await startFixture(directory, { dynamoDbLocal: true });
      stack.onEvent(({ detail }) => published.push(detail));
      await send(stack.file.queues.orders?.url, [{ id }]);
      await stack.idle();
      expect(await item('first')).toMatchObject({ tries: { N: '1' } });
      await stack.stop();
    }
    expect(published).toEqual([
      { id: 'first', tries: 1 },
      { id: 'second', tries: 1 },
    ]);
  });

  it('says what is missing where nothing runs', async () => {
    vi.stubEnv('PATH', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const options = { log: collectingLog(), preferLocal: true };
    await expect(startDynamoDb(temporaryDirectory(), anyPort, options)).rejects.toThrow(
      /No DynamoDB stand-in runs.*Java 17/s,
    );
  });
});

describe('the stream records of dynoxide', () => {
  it('are trimmed per table, the newest of each kept', async () => {
    const file = join(temporaryDirectory(), 'test.db');
    const sqlJs = await initSqlJs();
    const empty = new sqlJs.Database();
    empty.run(
      'CREATE TABLE _stream_records (id INTEGER PRIMARY KEY, table_name TEXT, sequence_number TEXT, shard_id TEXT)',
    );
    writeFileSync(file, empty.export());
    await indexStreamRecords(file, 1_000);
    const database = new sqlJs.Database(readFileSync(file));
    const insert = (table: string, sequence: number) =>
      database.run('INSERT INTO _stream_records (table_name, sequence_number, shard_id) VALUES (?, ?, ?)', [
        table,
        `${sequence}`,
        's',
      ]);
    insert('quiet', 1);
    for (let sequence = 1; sequence <= 3_000; sequence += 1) insert('busy', sequence);
    const query =
      'SELECT table_name, COUNT(*), MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records GROUP BY table_name';
    expect(database.exec(query)[0]?.values).toEqual([
      ['busy', 1_000, 3_000],
      ['quiet', 1, 1],
    ]);
  });
});
