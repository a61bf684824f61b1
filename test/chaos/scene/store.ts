/** The truth: what PostgreSQL holds, read directly. Ids are as clients see them. */
import { Pool } from 'pg';
import { encodeId } from '../../../src/schema/ids.ts';
import type { StoredState } from '../history/records.ts';

interface MessageRow {
  readonly id: string;
  readonly viewer: string;
  readonly role: string;
  readonly content: string;
  readonly status: string;
}
interface GenerationRow {
  readonly id: string;
  readonly viewer: string;
  readonly client_mutation_id: string | null;
  readonly user_message_id: string;
  readonly message_id: string;
  readonly status: string;
  readonly epoch: number;
  readonly input_tokens: number;
  readonly error: { readonly code: string } | null;
  readonly evaluated: boolean;
  readonly cache: { readonly hit: boolean } | null;
}

export class StoreReader {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool({ connectionString: url, max: 2 });
    this.#pool.on('error', () => undefined);
  }

  async now(): Promise<Date> {
    return (await this.#pool.query('SELECT now()')).rows[0].now;
  }

  /** Generations that run, with the names of their owners. */
  async running(): Promise<readonly { readonly id: string; readonly owner: string }[]> {
    const { rows } = await this.#pool.query(
      "SELECT id, owner FROM generations WHERE status IN ('PENDING', 'STREAMING')",
    );
    return rows.map(({ id, owner }) => ({ id: encodeId('Generation', id), owner }));
  }

  /** Generations that run, or wait for their evaluation. */
  async unfinished(): Promise<number> {
    const { rows } = await this.#pool.query(
      "SELECT count(*)::int AS count FROM generations WHERE status IN ('PENDING', 'STREAMING') OR judge_by IS NOT NULL",
    );
    return rows[0].count;
  }

  /** What was begun since then. */
  async state(since: Date): Promise<StoredState> {
    const messages = await this.#pool.query<MessageRow>(
      `SELECT m.id, v.subject AS viewer, m.role, m.content, m.status FROM messages m JOIN viewers v ON v.id = m.viewer_id
       WHERE m.created_at >= $1`,
      [since],
    );
    const generations = await this.#pool.query<GenerationRow>(
      `SELECT g.*, v.subject AS viewer, e.id IS NOT NULL AS evaluated FROM generations g JOIN viewers v ON v.id = g.viewer_id
       LEFT JOIN evaluations e ON e.generation_id = g.id WHERE g.started_at >= $1`,
      [since],
    );
    const calls = await this.#pool.query<{ viewer: string; inputTokens: number }>(
      `SELECT v.subject AS viewer, c.input_tokens AS "inputTokens" FROM model_calls c JOIN viewers v ON v.id = c.viewer_id
       WHERE c.created_at >= $1`,
      [since],
    );
    return {
      modelCalls: calls.rows,
      messages: messages.rows.map((row) => ({ ...row, id: encodeId('Message', row.id) })),
      generations: generations.rows.map((row) => ({
        id: encodeId('Generation', row.id),
        viewer: row.viewer,
        clientMutationId: row.client_mutation_id,
        userMessageId: encodeId('Message', row.user_message_id),
        messageId: encodeId('Message', row.message_id),
        status: row.status,
        epoch: row.epoch,
        inputTokens: row.input_tokens,
        errorCode: row.error?.code ?? null,
        isEvaluated: row.evaluated,
        isCached: row.cache?.hit === true,
      })),
    };
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
