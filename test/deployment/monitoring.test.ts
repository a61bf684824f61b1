import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import {
  alerts,
  dashboards,
  declaredBy,
  declaredIn,
  expressions,
  rules,
  seriesOf,
  yamlOf,
} from '../support/monitoring.ts';
import { hasProgram } from '../support/programs.ts';
import { describeWith } from '../support/services.ts';

const HIGH_RESPONSE_TIME = 'histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))';
const QUALITY = 'avg(quality_score_overall)';

test('the two alerts that operators know have their expressions, times and severities', () => {
  const [time, score] = ['HighResponseTime', 'LowQualityScore'].map((name) =>
    alerts.find(({ alert }) => alert === name),
  );
  expect(time).toMatchObject({ expr: `${HIGH_RESPONSE_TIME} > 5`, for: '2m', labels: { severity: 'warning' } });
  expect(score).toMatchObject({ expr: `${QUALITY} < 0.7`, for: '5m', labels: { severity: 'critical' } });
});

test('the dashboard of the KPIs has the panels Response Time and Quality Scores', () => {
  const panels = new Map(dashboards.find(({ name }) => name === 'kpis')?.panels.map((panel) => [panel.title, panel]));
  expect(panels.get('Response Time')?.targets.map(({ expr }) => expr)).toEqual([HIGH_RESPONSE_TIME]);
  expect(panels.get('Quality Scores')?.targets.map(({ expr }) => expr)).toEqual([QUALITY]);
});

test('each alert has a severity, a summary and a section of docs/operations.md, which has no other alert', () => {
  const headings = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^### (\w+)$/gm)].map(
    ([, name = '']) => name,
  );
  for (const { alert, labels, annotations } of alerts) {
    expect(['warning', 'critical'], alert).toContain(labels?.['severity']);
    expect(annotations?.['summary'], alert).toBeTruthy();
    expect(annotations?.['runbook_url'], alert).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  }
  expect(headings).toEqual(alerts.map(({ alert }) => alert));
});

test('alert-rules.test.yml tests each alert', () => {
  const { tests } = yamlOf('monitoring/alert-rules.test.yml') as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const fired = tests.flatMap(({ alert_rule_test: all }) =>
    all.filter(({ exp_alerts: expected }) => expected.length > 0).map(({ alertname }) => alertname),
  );
  expect(alerts.map(({ alert }) => alert).filter((name) => !fired.includes(name))).toEqual([]);
});

test('each dashboard has its own id, panels that do not overlap, and data sources that are provisioned', () => {
  const { datasources } = yamlOf('monitoring/grafana/datasources/prometheus.yml') as { datasources: { uid: string }[] };
  const provided = datasources.map(({ uid }) => uid);
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  expect(dashboards.map(({ name }) => name)).toEqual([
    'cache',
    'cost',
    'kpis',
    'pipeline',
    'quality',
    'services',
    'stores',
  ]);
  for (const { name, panels } of dashboards) {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size, name).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w)), name).toBeLessThanOrEqual(24);
    expect(new Set(panels.map(({ id }) => id)).size, name).toBe(panels.length);
    for (const { title, datasource, targets } of panels)
      for (const { uid } of [datasource, ...targets.map((target) => target.datasource)])
        expect(provided, `${name}: ${title}`).toContain(uid);
  }
});

test('the series of an expression are told from functions, labels and keywords', () => {
  expect(
    seriesOf('sum by (le, model) (rate(a_bucket{b=~"c|d"}[5m])) / on (x) max(e:f:g5m) > 1.7e+09 and g{h="i"} >= 5'),
  ).toEqual(['a_bucket', 'e:f:g5m', 'g']);
});

/** Of the exporters; test/deployment/alerts.test.ts asks those. */
const ELSEWHERE = /^(?:up|pg_\w+|redis_\w+|nginx_\w+)$/;

test('every metric that a rule or a panel names is in /metrics, or recorded by a rule', async () => {
  const app = await startApp();
  try {
    const declared = declaredIn(await (await fetch(`${app.url}/metrics`)).text());
    const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
    const missing = expressions.flatMap(({ where, expr }) =>
      seriesOf(expr)
        .filter((name) => !ELSEWHERE.test(name) && !recorded.has(name) && !declaredBy(name, declared))
        .map((name) => `${where} reads ${name}`),
    );
    expect(missing).toEqual([]);
    expect(expressions.length).toBeGreaterThan(80);
  } finally {
    await app.remove();
  }
});

const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};

describeWith(
  'Prometheus and Alertmanager as they are installed',
  hasProgram('promtool') && hasProgram('amtool'),
  'install promtool and amtool: scripts/services/services install prometheus alertmanager',
  () => {
    test('promtool takes prometheus.yml with its rules', () => {
      // In compose the token comes as a file, which promtool looks for.
      const folder = mkdtempSync(join(tmpdir(), 'parley-prometheus-'));
      cpSync('monitoring', folder, { recursive: true });
      writeFileSync(join(folder, 'token'), 'x');
      const config = readFileSync('monitoring/prometheus.yml', 'utf8').replaceAll(
        '/run/secrets/metrics_token',
        join(folder, 'token'),
      );
      writeFileSync(join(folder, 'prometheus.yml'), config);
      const { status, output } = run('promtool', 'check', 'config', join(folder, 'prometheus.yml'));
      expect(output).toContain(`${rules.length} rules found`);
      expect(status, output).toBe(0);
    });

    test('promtool finds each alert to fire when it should', () => {
      const { status, output } = run('promtool', 'test', 'rules', 'monitoring/alert-rules.test.yml');
      expect(status, output).toBe(0);
    });

    test('amtool takes alertmanager.yml', () => {
      const { status, output } = run('amtool', 'check-config', 'monitoring/alertmanager.yml');
      expect(status, output).toBe(0);
    });

    test('prometheus.yml scrapes five jobs each 15 s', () => {
      const { global, scrape_configs: jobs } = yamlOf('monitoring/prometheus.yml') as {
        global: { scrape_interval: string };
        scrape_configs: { job_name: string }[];
      };
      expect(global.scrape_interval).toBe('15s');
      expect(jobs.map(({ job_name: name }) => name)).toEqual(['llm-api', 'services', 'postgres', 'redis', 'nginx']);
    });
  },
);
