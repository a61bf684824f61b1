/** Every alert of monitoring/ on the real Prometheus and Alertmanager, over a Parley under load: its fault makes it fire, and it resolves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { alerts, expressions } from '../support/monitoring.ts';
import { eventually } from '../support/programs.ts';
import { describeWith } from '../support/services.ts';
import { isPresent, MAX_CONNECTIONS, REMEDY, type Scene, startScene } from './scene.ts';

/** Milliseconds that an alert may take to fire, and to resolve: a circuit breaker stays open for half a minute. */
const WITHIN = 60_000;
const ANSWER = 'The old bridge was built in 1932.';

// It takes minutes: it runs where real servers are wanted.
const isWanted = process.env['PROMETHEUS_URL'] !== undefined && isPresent;

describeWith('alerts on the real Prometheus and Alertmanager', isWanted, REMEDY, () => {
  let scene: Scene;
  let asking: Client;
  let loading: Promise<void>;
  const over = new AbortController();
  const tested = new Set<string>();
  /** How the models behave now. */
  let delayMs = 0;
  let failing = false;
  let score = 1;

  beforeAll(async () => {
    scene = await startScene();
    asking = client(scene.parley.url, OPERATOR_KEY);
    scene.provider.respond(({ body: { model } }) => {
      if (model === 'judge')
        return {
          text: `{"relevance": ${score}, "completeness": ${score}, "coherence": ${score}, "safety": 1, "unsupported": []}`,
        };
      return failing ? { status: 500 } : { text: ANSWER, chunkSize: 8, delayMs };
    });
    loading = load();
  });
  afterAll(async () => {
    over.abort();
    await loading;
    await scene.stop();
  });

  let questions = 0;
  /** Each question is a new one, which no cache has. */
  const chatAbout = (topic: string) => {
    questions += 1;
    return ask(asking, { content: `When was ${topic} ${questions} built?` });
  };
  const chat = () => chatAbout('bridge');
  const listing = () => asking.request('{ conversations(first: 5) { edges { node { id title } } } }');
  /** `count` at once, whatever becomes of them. */
  const many = (count: number, work: () => Promise<unknown>) => Promise.allSettled(Array.from({ length: count }, work));

  async function load(): Promise<void> {
    while (!over.signal.aborted) {
      await many(2, () => chat());
      await many(2, listing);
      await ask(asking, { content: 'When was the first bridge built?' }).catch(() => undefined);
      await sleep(100);
    }
  }

  /** Holds the fault until all of the alerts fire, ends it, and waits until all are gone. */
  async function firesAndResolves(
    names: readonly string[],
    fault: () => unknown,
    heal: () => unknown,
    within = WITHIN,
  ): Promise<void> {
    const quiet = async () => {
      const now = await scene.alerts();
      expect(names.filter((name) => now.has(name))).toEqual([]);
    };
    await eventually(`${names} do not fire yet`, quiet, within);
    let faulty = true;
    const breaking = (async () => {
      while (faulty) await Promise.all([fault(), sleep(100)]);
    })();
    const fired = new Set<string>();
    try {
      await eventually(
        `${names} fire`,
        async () => {
          for (const name of await scene.alerts()) fired.add(name);
          expect([...fired]).toEqual(expect.arrayContaining([...names]));
        },
        within,
      );
    } finally {
      faulty = false;
      await breaking;
      await heal();
    }
    await eventually(`${names} resolve`, quiet, within);
    for (const name of names) tested.add(name);
  }
  const TIMEOUT = 2 * WITHIN + 20_000;

  test('a model that is slow', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['SlowAnswers', 'GenerationsQueued'],
      () => {
        delayMs = 700;
        return many(12, () => chat());
      },
      () => {
        delayMs = 0;
      },
    ),
  );

  test('a model that fails', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['ErrorRateAboveTarget', 'ModelFailing', 'CircuitOpen'],
      () => {
        failing = true;
        return many(4, () => chat());
      },
      () => {
        failing = false;
      },
    ),
  );

  test('bad answers', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['LowQualityScore', 'QualityBelowTarget'],
      () => {
        score = 0.1;
        return many(4, () => chat());
      },
      async () => {
        score = 1;
        for (let round = 0; round < 15; round += 1) await many(6, () => chat());
      },
    ),
  );

  test('people who do not like the answers', { timeout: TIMEOUT }, async () => {
    const { last } = await chat();
    const id = last['evaluation']?.message?.id ?? last.message?.id ?? (await answerOf(last.generationId));
    const rate = () =>
      asking.request('mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: DOWN }) { rating } }', { id });
    await firesAndResolves(
      ['SatisfactionBelowTarget'],
      () => many(10, rate),
      () => undefined,
    );
  });
  async function answerOf(generationId: string): Promise<string> {
    const { data } = await asking.request(
      'query($id: ID!) { node(id: $id) { ... on Generation { message { id } } } }',
      {
        id: generationId,
      },
    );
    return data.node.message.id;
  }

  test('a database that answers after seconds', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['HighResponseTime'],
      async () => {
        scene.database.held = true;
        const asked = many(5, listing);
        await sleep(6_500);
        scene.database.held = false;
        await asked;
      },
      () => undefined,
    ),
  );

  test('a database that does not answer', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['DatabaseDown', 'DatabasePoolExhausted', 'AvailabilityBurnsFast', 'AvailabilityBurnsSlowly'],
      () => {
        scene.database.held = true;
        return many(15, listing);
      },
      () => {
        scene.database.held = false;
      },
    ),
  );

  test('PostgreSQL without connections left', { timeout: TIMEOUT }, async () => {
    const pool = new Pool({ connectionString: scene.postgresUrl, max: (MAX_CONNECTIONS * 2) / 3 });
    pool.on('error', () => undefined);
    const held = () => many((MAX_CONNECTIONS * 2) / 3, async () => (await pool.connect()).query('SELECT 1'));
    let holding: Promise<unknown> | undefined;
    await firesAndResolves(
      ['DatabaseConnectionsHigh'],
      () => {
        holding ??= held();
        return holding;
      },
      () => scene.endConnections(),
    );
  });

  test('Redis that is nearly full', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['RedisNearlyFull'],
      () =>
        many(20, () =>
          scene.redis.client.set(`filling:${Math.random()}`, 'x'.repeat(scene.redis.bytes / 40)).catch(() => undefined),
        ),
      () => scene.redis.client.flushall(),
    ),
  );

  test('Redis that answers nothing', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['StoreDown'],
      () => scene.redis.program.pause(),
      () => scene.redis.program.resume(),
    ),
  );

  test('an exporter that ends', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['ExporterDown'],
      () => scene.redisExporter.stop(),
      () => scene.startRedisExporter(),
    ),
  );

  test('a plugin that holds the event loop up', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['EventLoopSlow'],
      () => many(3, () => chatAbout('block')),
      () => undefined,
    ),
  );

  test('more documents than can be ingested', { timeout: TIMEOUT }, () => {
    const text = 'The old bridge was built in 1932 and is 120 metres long. '.repeat(2_000);
    const add = () =>
      asking.request('mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { id } }', {
        text,
      });
    return firesAndResolves(
      ['JobsWaiting'],
      () => many(90, add),
      () => undefined,
    );
  });

  const restart = async () => {
    await scene.parley.kill();
    await scene.startParley();
  };

  test('a process that takes memory and does not give it back', { timeout: TIMEOUT }, () =>
    firesAndResolves(['MemoryHigh'], () => chatAbout('hold').catch(() => undefined), restart),
  );

  test('an instance that is killed again and again', { timeout: 3 * TIMEOUT }, () =>
    firesAndResolves(['InstanceRestarts'], restart, () => undefined, 2 * WITHIN),
  );

  test('an instance that is gone', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['InstanceDown'],
      () => scene.parley.kill(),
      () => scene.startParley(),
    ),
  );

  test('no instance at all', { timeout: TIMEOUT }, () =>
    firesAndResolves(
      ['NoInstance'],
      () => scene.announce(false),
      () => scene.announce(true),
    ),
  );

  test('every alert was made to fire', () => {
    expect(alerts.map(({ alert }) => alert).filter((name) => !tested.has(name))).toEqual([]);
  });

  test('Alertmanager tells of an alert with its severity, its summary and its runbook, and of its end', () => {
    const about = scene.notifications.filter(({ title }) => title.includes('InstanceDown'));
    expect(about.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['FIRING InstanceDown (critical)', 'RESOLVED InstanceDown (critical)']),
    );
    expect(about[0]?.text).toContain('does not answer');
    expect(about[0]?.text).toContain('docs/operations.md#instancedown');
  });

  test('every expression of a rule and of a panel returns data', { timeout: TIMEOUT }, async () => {
    // What only a fault counts: Parley was restarted since. The first model fails until its breaker opens, the next answers.
    failing = true;
    await many(8, () => chat());
    failing = false;
    await eventually(
      'all return data',
      async () => {
        const answers = await Promise.all(
          expressions.map(async ({ where, expr }) =>
            (await scene.query(withoutBounds(expr))).length > 0 ? [] : [`${where}: ${expr}`],
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
