import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadSettings } from '#config/load.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own form, which the API's schema checks
  readonly [key: string]: any;
}

const manifests: readonly { readonly file: string; readonly manifest: Manifest }[] = globSync('kubernetes/*.yaml')
  .filter((file) => !file.endsWith('kustomization.yaml'))
  .flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8'), { strict: true, uniqueKeys: true }).map((document) => ({
      file,
      manifest: document.toJS() as Manifest,
    })),
  );
const of = (kind: string, name: string): Manifest => {
  const found = manifests.find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found.manifest;
};

/** Types of the Kubernetes API, generated from its OpenAPI schema. The compiler finds unknown fields, wrong types and missing fields. */
function problemsOf(checked: readonly Manifest[]): string {
  const folder = mkdtempSync('node_modules/.cache/kubernetes-');
  try {
    const source = checked.map((manifest, place) => {
      const { apiVersion, kind } = manifest;
      return `import type { I${kind} as T${place} } from 'kubernetes-models/${apiVersion}/${kind}';
export const m${place}: T${place} = ${JSON.stringify(manifest, null, 1)};`;
    });
    writeFileSync(join(folder, 'manifests.ts'), source.join('\n'));
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--types',
      'node',
    ];
    return spawnSync('node_modules/.bin/tsc', [...flags, join(folder, 'manifests.ts')], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every manifest fits the types of the Kubernetes API', () => {
  expect(problemsOf(manifests.map(({ manifest }) => manifest))).toBe('');
});

test('the check finds a field that the API does not have, deep inside, and one that is missing', () => {
  const deployment = structuredClone(of('Deployment', 'parley-web'));
  deployment['spec'].template.spec.containers[0].readinessProbe.httpGet.pathh = '/ready';
  expect(problemsOf([deployment])).toContain('pathh');
  delete deployment['spec'].template.spec.containers[0].readinessProbe.httpGet.pathh;
  delete deployment['spec'].selector;
  expect(problemsOf([deployment])).toContain('selector');
});

test.each(['web', 'worker'])('the %s pods have probes, limits and no rights', (component) => {
  const { spec } = of('Deployment', `parley-${component}`)['spec'].template;
  const [container] = spec.containers;
  expect(container.readinessProbe.httpGet.path).toBe('/ready');
  expect(container.livenessProbe.httpGet.path).toBe('/health');
  expect(container.resources.limits.memory).toBeDefined();
  expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  expect(spec.securityContext.runAsNonRoot).toBe(true);
  const shutdown = Number(of('ConfigMap', 'parley')['data'].SHUTDOWN_TIMEOUT);
  const preStop = Number(container.lifecycle?.preStop.exec.command[1] ?? 0);
  expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(preStop * 1000 + shutdown + 20_000);
  expect(of('PodDisruptionBudget', `parley-${component}`)['spec'].maxUnavailable).toBe(1);
  expect(of('HorizontalPodAutoscaler', `parley-${component}`)['spec'].scaleTargetRef.name).toBe(`parley-${component}`);
});

test.each(['intent-tracker', 'quality-evaluator', 'hybrid-retriever'])(
  'the %s pods start as their image does, tell etcd their address, and have probes, limits and no rights',
  (name) => {
    const { spec, metadata } = of('Deployment', `parley-${name}`)['spec'].template;
    const [container] = spec.containers;
    const dockerfile = readFileSync(`services/${name}/Dockerfile`, 'utf8');
    expect(container.command).toEqual(JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? ''));
    const names = container.env.map((variable: { readonly name: string }) => variable.name);
    expect(names.indexOf('POD_IP')).toBeLessThan(names.indexOf('SERVICE_URL')); // it refers to what is defined before it
    expect(container.readinessProbe.httpGet.path).toBe('/ready');
    expect(container.resources.limits.memory).toBeDefined();
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    expect(
      of('PodDisruptionBudget', `parley-${name}`)['spec'].selector.matchLabels['app.kubernetes.io/component'],
    ).toBe(name);
    expect(metadata.labels).toMatchObject(of('NetworkPolicy', 'parley-services')['spec'].podSelector.matchLabels);
  },
);

test('every label that selects pods is one that the pods have', () => {
  for (const [kind, name] of [
    ['Service', 'parley'],
    ['PodDisruptionBudget', 'parley-web'],
    ['PodDisruptionBudget', 'parley-worker'],
  ] as const) {
    const selector = of(kind, name)['spec'].selector;
    const component = name === 'parley-worker' ? 'worker' : 'web';
    expect(of('Deployment', `parley-${component}`)['spec'].template.metadata.labels).toMatchObject(
      selector.matchLabels ?? selector,
    );
  }
});

test('what stands in front lets the largest upload through, with the other parts of its request', () => {
  const { MAX_UPLOAD_BYTES: file, MAX_REQUEST_BYTES: parts } = loadSettings({ environment: {} });
  const annotations = of('Ingress', 'parley').metadata as { readonly annotations?: Readonly<Record<string, string>> };
  const [, nginx = ''] = /client_max_body_size (\d+)m;/.exec(readFileSync('nginx/nginx.conf', 'utf8')) ?? [];
  const ingress = annotations.annotations?.['nginx.ingress.kubernetes.io/proxy-body-size']?.replace(/m$/, '');
  for (const megabytes of [nginx, ingress]) expect(Number(megabytes) * 2 ** 20).toBeGreaterThanOrEqual(file + parts);
});

test('the configuration is one that a server accepts', () => {
  const settings = loadSettings({
    environment: {
      ...of('ConfigMap', 'parley')['data'],
      POSTGRES_URL: 'postgresql://db/parley',
      REDIS_URL: 'redis://redis',
      BOOTSTRAP_API_KEY: 'k'.repeat(32),
      METRICS_TOKEN: 't'.repeat(32),
    },
  });
  expect(settings).toMatchObject({ PARLEY_ENV: 'production', PORT: 4000 });
});

test('the metrics of the autoscalers exist: of each pod where it is the pod’s own, of all where pods share it', () => {
  const metricsOf = (component: string) =>
    of('HorizontalPodAutoscaler', `parley-${component}`)['spec'].metrics as readonly {
      readonly type: string;
      readonly pods?: { readonly metric: { readonly name: string } };
      readonly external?: { readonly metric: { readonly name: string } };
    }[];
  const [queued] = metricsOf('web');
  const [waiting] = metricsOf('worker');
  expect([queued?.type, waiting?.type]).toEqual(['Pods', 'External']);
  const [, rules = ''] = /```yaml\n(rules:[^`]*)```/.exec(readFileSync('docs/kubernetes.md', 'utf8')) ?? [];
  const adapter = parse(rules) as {
    readonly rules: readonly { readonly seriesQuery: string }[];
    readonly externalRules: readonly { readonly seriesQuery: string; readonly name: { readonly as: string } }[];
  };
  expect(adapter.externalRules.map(({ name }) => name.as)).toEqual([waiting?.external?.metric.name]);
  const series = [...adapter.rules, ...adapter.externalRules].map(({ seriesQuery }) => seriesQuery.split('{')[0]);
  expect(series).toEqual([queued?.pods?.metric.name, 'parley_jobs']);
  const source = readFileSync('src/server/load-metrics.ts', 'utf8');
  for (const name of series) expect(source).toContain(`'${name}'`);
});
