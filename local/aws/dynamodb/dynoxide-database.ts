import { readFileSync, writeFileSync } from 'node:fs';
import initSqlJs from 'sql.js';

/** How many changes of each table its stream keeps. AWS keeps 24 hours; here disk space decides. */
const keptStreamRecords = 200_000;

/**
 * Makes stream writes of dynoxide cost the same however many there were.
 *
 * dynoxide looks up the highest sequence number of a table without an index and never trims. The trim must leave the
 * newest record of every table: an empty stream would start again at sequence number 1, behind every checkpoint.
 *
 * Answers false for a file that has no stream records yet, and leaves it as it is.
 */
export async function indexStreamRecords(file: string, kept = keptStreamRecords): Promise<boolean> {
  const bytes = readFileSync(file);
  if (bytes.length === 0) return false;
  // sql.js cannot open a database in write-ahead-log mode: these two header bytes say rollback journal instead.
  bytes[18] = 1;
  bytes[19] = 1;
  const sqlJs = await initSqlJs();
  const database = new sqlJs.Database(bytes);
  const [found] = database.exec("SELECT name FROM sqlite_master WHERE name = '_stream_records'");
  if (!found) {
    database.close();
    return false;
  }
  database.run(`
    CREATE INDEX IF NOT EXISTS stream_by_sequence
      ON _stream_records(table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS stream_by_shard
      ON _stream_records(table_name, shard_id, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS stream_by_text
      ON _stream_records(table_name, shard_id, sequence_number);
    CREATE TRIGGER IF NOT EXISTS stream_trim AFTER INSERT ON _stream_records
      WHEN CAST(NEW.sequence_number AS INTEGER) % 500 = 0
      BEGIN
        DELETE FROM _stream_records
          WHERE table_name = NEW.table_name
          AND CAST(sequence_number AS INTEGER) <= CAST(NEW.sequence_number AS INTEGER) - ${kept};
      END;`);
  writeFileSync(file, database.export());
  database.close();
  return true;
}
