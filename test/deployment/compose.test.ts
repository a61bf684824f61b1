import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadSettings } from '#config/load.ts';
import { readCopies } from '../../scripts/image/dockerfile.ts';
import { yamlOf } from '../support/monitoring.ts';
import { describeWith } from '../support/services.ts';

interface Service {
  readonly image: string;
  readonly build?: unknown;
  readonly container_name?: string;
  readonly privileged?: boolean;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory: string } } };
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
}

const FILE = 'docker-compose.enhanced.yml';
const EXAMPLE = '.env.production.example';
const text = readFileSync(FILE, 'utf8');
const compose = yamlOf(FILE) as Compose;
const services = Object.entries(compose.services);
const STORES = ['postgres', 'redis', 'elasticsearch', 'weaviate', 'chroma', 'etcd'];
const PLUGINS = ['intent-tracker', 'quality-evaluator', 'hybrid-retriever'];
const ONCE = /-setup$/;
/** Its image holds nothing but the exporter. */
const UNCHECKED = 'nginx-exporter';

describe('docker-compose.enhanced.yml', () => {
  test('runs the API, its stores and what watches them', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining([
        ...[
          'llm-api',
          'worker',
          'nginx',
          ...STORES,
          ...PLUGINS,
          'kibana',
          'prometheus',
          'alertmanager',
          'grafana',
          'jaeger',
          'filebeat',
        ],
        ...['postgres-exporter', 'redis-exporter'],
      ]),
    );
  });

  test.each(services)('%s has a pinned image, a bound of memory and a health check', (name, service) => {
    if (service.build === undefined) expect(service.image).toMatch(/:v?\d+\.\d+(?:\.\d+)?(?:-\w+)?$/);
    expect(service.deploy?.resources.limits.memory).toMatch(/^\d+[mg]$/);
    // The image of Parley has its own.
    if (service.build === undefined && !ONCE.test(name) && name !== UNCHECKED)
      expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.privileged).toBeUndefined();
  });

  test('publishes nothing beyond loopback, and no store at all', () => {
    for (const [name, { ports = [] }] of services)
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    for (const name of STORES) {
      expect(compose.services[name]?.ports, name).toBeUndefined();
      expect(compose.services[name]?.networks, name).toEqual(['stores']);
    }
    expect(compose.networks['stores']?.internal).toBe(true);
  });

  test('publishes the operators’ pages where they are looked for', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    for (const port of [5601, 9090, 9093, 3000, 16686]) expect(ports).toContain(`127.0.0.1:${port}:${port}`);
  });

  test('scales llm-api: no name, no host port and no volume of its own that a second replica would want too', () => {
    for (const service of ['llm-api', 'worker', ...PLUGINS]) {
      const { container_name: name, ports, volumes } = compose.services[service] ?? {};
      expect([name, volumes, ports], service).toEqual([undefined, undefined, undefined]);
    }
    expect(compose.services['nginx']?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:.*\}:8080$/)]);
  });

  test.each(services.filter(([, { build }]) => build !== undefined))(
    '%s has no rights, writes to its volume and to /tmp alone, and has time to hand answers over',
    (_name, service) => {
      expect(service).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
      expect(service.security_opt).toContain('no-new-privileges:true');
      const { SHUTDOWN_TIMEOUT: shutdown } = loadSettings({ environment: {} });
      const [, seconds = ''] = /^(\d+)s$/.exec(service.stop_grace_period ?? '') ?? [];
      expect(Number(seconds) * 1_000).toBeGreaterThanOrEqual(shutdown + 25_000);
    },
  );

  test('has the queue board for operators, in an image with the packages that it needs', () => {
    const { build, environment = {}, ports = [] } = compose.services['queue-board'] ?? {};
    const { dockerfile } = build as { readonly dockerfile: string };
    expect(ports).toEqual([`127.0.0.1:5555:${environment['QUEUE_BOARD_PORT']}`]);
    const lines = readFileSync(dockerfile, 'utf8');
    expect(lines).toMatch(/^RUN npm ci (?!.*--omit)/m);
    const [, script = ''] = JSON.parse(/^CMD (.*)$/m.exec(lines)?.[1] ?? '[]') as string[];
    const isCopied = readCopies();
    for (const file of [script, 'scripts/queue-board/open.ts', 'scripts/queue-board/page.ts'])
      expect([existsSync(file), isCopied(file)], file).toEqual([true, true]);
  });

  test('has no secret of its own: each is a variable without which compose does not start', () => {
    const values = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|TOKEN|_PASS$|KEY|AUTH$/.test(name)),
    );
    expect(values.length).toBeGreaterThan(8);
    for (const [name, value] of values) if (value !== '') expect(value, name).toMatch(/^\$\{[A-Z_]+:\?.+\}$/);
    for (const [url] of text.matchAll(/\w+:\/\/\S*@/g)) expect(url).toMatch(/:\$\{[A-Z_]+:\?[^}]+\}@|@$/);
  });

  test('mounts files that are there, and named volumes that are declared', () => {
    for (const [name, { volumes = [] }] of services)
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(source), `${name}: ${source}`).toBe(true);
        else if (!source.startsWith('/')) expect(Object.keys(compose.volumes), name).toContain(source);
      }
  });

  test('asks for secrets that .env.production.example names, and leaves empty', () => {
    const { COMPOSE_FILE: file, ...example } = parseEnv(readFileSync(EXAMPLE, 'utf8'));
    expect(file).toBe(FILE);
    const needed = new Set([
      ...[...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name = '']) => name),
      ...Object.values(compose.secrets).map(({ environment }) => environment),
      'BOOTSTRAP_API_KEY',
    ]);
    expect(Object.keys(example).sort()).toEqual([...needed].sort());
    expect(Object.values(example).filter((value) => value !== '')).toEqual([]);
  });

  test.each(PLUGINS)('%s starts as its Dockerfile starts it, and Prometheus scrapes it', (name) => {
    const dockerfile = readFileSync(`services/${name}/Dockerfile`, 'utf8');
    expect(compose.services[name]?.command).toEqual(JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? ''));
    expect(existsSync(`services/${name}/main.ts`)).toBe(true);
    const { scrape_configs: jobs } = yamlOf('monitoring/prometheus.yml') as { scrape_configs: { job_name: string }[] };
    expect(JSON.stringify(jobs.find(({ job_name: job }) => job === 'services'))).toContain(`"${name}"`);
  });

  test('starts Parley with settings that production takes', () => {
    const { environment = {} } = compose.services['llm-api'] ?? {};
    const filled = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [
        name,
        value.replace(/\$\{\w+:\?[^}]*\}/g, '0123456789abcdef'.repeat(2)).replace(/\$\{\w+-([^}]*)\}/g, '$1'),
      ]),
    );
    const key = '0123456789abcdef0123456789abcdef';
    const settings = loadSettings({ environment: { ...filled, BOOTSTRAP_API_KEY: key, METRICS_TOKEN: key } });
    expect(settings).toMatchObject({ PARLEY_ENV: 'production', AUTH: 'required', HOST: '0.0.0.0' });
    expect([
      settings.POSTGRES_URL,
      settings.REDIS_URL,
      settings.ELASTICSEARCH_URL,
      settings.WEAVIATE_URL,
      settings.ETCD_URL,
      settings.SERVICE_SECRET,
    ]).not.toContain(undefined);
  });
});

const { COMPOSE_CONFIG } = process.env;

describeWith(
  'the reference implementation of the compose specification',
  COMPOSE_CONFIG !== undefined,
  'set COMPOSE_CONFIG: scripts/services/services up compose-config',
  () => {
    /** `docker compose config` in a folder with this .env. */
    function config(environment: string) {
      const folder = mkdtempSync(join(tmpdir(), 'parley-compose-'));
      for (const file of [FILE, 'monitoring', 'Dockerfile']) cpSync(file, join(folder, file), { recursive: true });
      writeFileSync(join(folder, '.env'), environment);
      const { status, stdout, stderr } = spawnSync(COMPOSE_CONFIG ?? '', [FILE], { cwd: folder, encoding: 'utf8' });
      return { status, stdout, stderr };
    }
    const filled = readFileSync(EXAMPLE, 'utf8').replaceAll(/^([A-Z_]+)=$/gm, '$1=0123456789abcdef0123456789abcdef');

    test('takes it with a filled-in .env: schema, variables, references', () => {
      const { status, stdout, stderr } = config(filled);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const resolved = JSON.parse(stdout) as Compose;
      expect(Object.keys(resolved.services).sort()).toEqual(
        services
          .filter(([, { profiles }]) => profiles === undefined)
          .map(([name]) => name)
          .sort(),
      );
      const { environment = {} } = resolved.services['llm-api'] ?? {};
      expect(environment).toMatchObject({
        POSTGRES_URL: 'postgresql://parley:0123456789abcdef0123456789abcdef@postgres:5432/parley',
        WEAVIATE_URL: 'http://weaviate:8080',
        METRICS_TOKEN: '0123456789abcdef0123456789abcdef',
        GRAFANA_PASSWORD: '',
      });
    });

    test('refuses it with .env as the example has it, and says what to do', () => {
      const { status, stderr } = config(readFileSync(EXAMPLE, 'utf8'));
      expect(status).not.toBe(0);
      expect(stderr).toContain('.env');
    });

    test('takes another vector engine by two lines of .env', () => {
      const { stdout } = config(`${filled}\nWEAVIATE_URL=\nCHROMA_URL=http://chroma:8000\n`);
      const { environment = {} } = (JSON.parse(stdout) as Compose).services['llm-api'] ?? {};
      expect(environment).toMatchObject({ WEAVIATE_URL: '', CHROMA_URL: 'http://chroma:8000' });
    });
  },
);
