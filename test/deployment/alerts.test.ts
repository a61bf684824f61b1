/** Every alert of monitoring/ on the real Prometheus and Alertmanager, over a Parley under load: its fault makes it fire, and it resolves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alerts, expressions } from '../support/monitoring.ts';
import { eventually } from '../support/programs.ts';
import { describeWith } from '../support/services.ts';
import { startScene } from './scene.ts';
import { isPresent, MAX_CONNECTIONS, REMEDY } from './servers.ts';
import { many, Trial, WITHIN } from './trial.ts';

/** Milliseconds of a test: to fire, to resolve, and before. */
const TIMEOUT = 2 * WITHIN + 20_000;

// It takes minutes: it runs where real servers are wanted.
const isWanted = process.env['PROMETHEUS_URL'] !== undefined && isPresent;

describeWith('alerts on the real Prometheus and Alertmanager', isWanted, REMEDY, () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = new Trial(await startScene());
  });
  afterAll(() => trial.stop());

  test('a model that is slow', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['SlowAnswers', 'GenerationsQueued'],
      () => {
        trial.models.delayMs = 700;
        return many(12, () => trial.chat());
      },
      () => {
        trial.models.delayMs = 0;
      },
    ),
  );

  test('a model that fails', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['ErrorRateAboveTarget', 'ModelFailing', 'CircuitOpen'],
      () => {
        trial.models.failing = true;
        return many(4, () => trial.chat());
      },
      () => {
        trial.models.failing = false;
      },
    ),
  );

  test('bad answers', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['LowQualityScore', 'QualityBelowTarget'],
      () => {
        trial.models.score = 0.1;
        return many(4, () => trial.chat());
      },
      async () => {
        trial.models.score = 1;
        for (let round = 0; round < 15; round += 1) await many(6, () => trial.chat());
      },
    ),
  );

  test('people who do not like the answers', { timeout: TIMEOUT }, async () => {
    const { last } = await trial.chat();
    const id = last['evaluation']?.message?.id ?? last.message?.id ?? (await answerOf(last.generationId));
    const rate = () =>
      trial.asking.request('mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: DOWN }) { rating } }', {
        id,
      });
    await trial.firesAndResolves(
      ['SatisfactionBelowTarget'],
      () => many(10, rate),
      () => undefined,
    );
  });
  async function answerOf(generationId: string): Promise<string> {
    const { data } = await trial.asking.request(
      'query($id: ID!) { node(id: $id) { ... on Generation { message { id } } } }',
      {
        id: generationId,
      },
    );
    return data.node.message.id;
  }

  test('a database that answers after seconds', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(['HighResponseTime'], async () => {
      trial.scene.database.held = true;
      const asked = many(5, trial.list);
      await sleep(6_500);
      trial.scene.database.held = false;
      await asked;
    }),
  );

  test('a database that does not answer', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['DatabaseDown', 'DatabasePoolExhausted', 'AvailabilityBurnsFast', 'AvailabilityBurnsSlowly'],
      () => {
        trial.scene.database.held = true;
        return many(15, trial.list);
      },
      () => {
        trial.scene.database.held = false;
      },
    ),
  );

  test('PostgreSQL without connections left', { timeout: TIMEOUT }, async () => {
    const pool = new Pool({ connectionString: trial.scene.postgresUrl, max: (MAX_CONNECTIONS * 2) / 3 });
    pool.on('error', () => undefined);
    const held = () =>
      many((MAX_CONNECTIONS * 2) / 3, async () => {
        const client = await pool.connect();
        client.on('error', () => undefined); // the scene ends it
        return client.query('SELECT 1');
      });
    let holding: Promise<unknown> | undefined;
    await trial.firesAndResolves(
      ['DatabaseConnectionsHigh'],
      () => {
        holding ??= held();
        return holding;
      },
      () => trial.scene.endConnections(),
    );
  });

  test('Redis that is nearly full', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['RedisNearlyFull'],
      () =>
        many(20, () =>
          trial.scene.redis.client
            .set(`filling:${Math.random()}`, 'x'.repeat(trial.scene.redis.bytes / 40))
            .catch(() => undefined),
        ),
      () => trial.scene.redis.client.flushall(),
    ),
  );

  test('Redis that answers nothing', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['StoreDown'],
      () => trial.scene.redis.program.pause(),
      () => trial.scene.redis.program.resume(),
    ),
  );

  test('an exporter that ends', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['ExporterDown'],
      () => trial.scene.redisExporter.stop(),
      () => trial.scene.startRedisExporter(),
    ),
  );

  test('a plugin that holds the event loop up', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(['EventLoopSlow'], () => many(3, () => trial.chat('block'))),
  );

  test('more documents than can be ingested', { timeout: TIMEOUT }, () => {
    const text = 'The old bridge was built in 1932 and is 120 metres long. '.repeat(2_000);
    const add = () =>
      trial.asking.request('mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { id } }', {
        text,
      });
    return trial.firesAndResolves(
      ['JobsWaiting'],
      () => many(90, add),
      () => undefined,
    );
  });

  const restart = async () => {
    await trial.scene.parley.kill();
    await trial.scene.startParley();
  };

  test('a process that takes memory and does not give it back', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(['MemoryHigh'], () => trial.chat('hold').catch(() => undefined), restart),
  );

  test('an instance that is killed again and again', { timeout: 3 * TIMEOUT }, () =>
    trial.firesAndResolves(
      ['InstanceRestarts'],
      async () => {
        await restart();
        await sleep(4_000); // so that it is scraped once
      },
      () => undefined,
      2 * WITHIN,
    ),
  );

  test('an instance that is gone', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['InstanceDown'],
      () => trial.scene.parley.kill(),
      () => trial.scene.startParley(),
    ),
  );

  test('nginx that ends', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['ProxyDown'],
      () => trial.scene.nginx.stop(),
      () => trial.scene.startNginx(),
    ),
  );

  test('a service that is killed', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['ServiceDown'],
      () => trial.scene.service.kill(),
      () => trial.scene.startService(),
    ),
  );

  test('no instance at all', { timeout: TIMEOUT }, () =>
    trial.firesAndResolves(
      ['NoInstance'],
      () => trial.scene.announce(false),
      () => trial.scene.announce(true),
    ),
  );

  test('every alert was made to fire', () => {
    expect(alerts.map(({ alert }) => alert).filter((name) => !trial.tested.has(name))).toEqual([]);
  });

  test('Alertmanager tells of an alert with its severity, its summary and its runbook, and of its end', () => {
    const about = trial.scene.notifications.filter(({ title }) => title.includes('InstanceDown'));
    expect(about.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['FIRING InstanceDown (critical)', 'RESOLVED InstanceDown (critical)']),
    );
    expect(about[0]?.text).toContain('does not answer');
    expect(about[0]?.text).toContain('docs/operations.md#instancedown');
  });

  test('every expression of a rule and of a panel returns data', { timeout: TIMEOUT }, async () => {
    // What only a fault counts: Parley was restarted since. The first model fails until its breaker opens, the next answers.
    trial.models.failing = true;
    await many(8, () => trial.chat());
    trial.models.failing = false;
    await eventually(
      'all return data',
      async () => {
        const answers = await Promise.all(
          expressions.map(async ({ where, expr }) =>
            (await trial.scene.query(withoutBounds(expr))).length > 0 ? [] : [`${where}: ${expr}`],
          ),
        );
        expect(answers.flat().filter((one) => !one.startsWith('rule NoInstance'))).toEqual([]);
      },
      WITHIN,
    );
  });
});

/** An alert's expression without what it compares with: what it looks at, in good times too. */
const withoutBounds = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '1m')
    .replaceAll(/ (?:[<>]=?|==) [\d.e+]+(?: \* [\d.]+)?/g, ' ')
    .replaceAll(/\nand /g, '\nand on () ');
