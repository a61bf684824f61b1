/** Prometheus and Alertmanager, with copies of the files in monitoring/ that differ only in addresses and times, and a webhook for alerts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { RULES, yamlOf } from '../support/monitoring.ts';
import { type Program, startProgram, textAt } from '../support/programs.ts';
import { flagsOf } from './servers.ts';

/** Of /metrics. */
export const TOKEN = 'scrapes-with-this-token';
export type Ports = Readonly<Record<string, number>>;

/** What a range of the rules becomes; so that the three windows of one rule stay in their order. */
const SHORT: Readonly<Record<string, string>> = {
  ...{ '1m': '5s', '5m': '8s', '10m': '8s', '15m': '90s', '30m': '10s', '1h': '12s', '6h': '16s', '7d': '12s' },
};
const shortRules = (text: string): string =>
  text.replaceAll(/\[(\w+)\]/g, (_, range: string) => `[${SHORT[range]}]`).replaceAll(/^( +for: ).*$/gm, '$12s');

export interface Notification {
  readonly title: string;
  readonly text: string;
}
export const startPrometheus = (folder: string, port: number): Promise<Program> =>
  startProgram(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--rules.alert.resend-delay=1s',
      ...flagsOf('prometheus'),
    ],
    { ready: () => textAt(`http://127.0.0.1:${port}/-/ready`) },
  );

export const startAlertmanager = (folder: string, port: number): Promise<Program> =>
  startProgram(
    'prometheus-alertmanager',
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...flagsOf('alertmanager'),
    ],
    { ready: () => textAt(`http://127.0.0.1:${port}/-/ready`) },
  );

/** Writes prometheus.yml, its rules and its token; what comes back says whether Parley is among the targets. */
export function writePrometheus(folder: string, ports: Ports): (known: boolean) => void {
  const token = join(folder, 'token');
  const targets = join(folder, 'targets.json');
  const {
    alerting: _,
    scrape_configs: jobs,
    ...rest
  } = yamlOf('monitoring/prometheus.yml') as {
    alerting: unknown;
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[] }[] }[];
  };
  const config = {
    ...rest,
    // A scrape takes over a second while a store does not answer.
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports['alertmanager']}`] }] }] },
    scrape_configs: jobs.map(({ dns_sd_configs: found, ...job }) => ({
      ...job,
      ...(job.job_name === 'llm-api'
        ? { file_sd_configs: [{ files: [targets], refresh_interval: '1s' }] }
        : {
            static_configs: [
              {
                targets: found
                  .flatMap(({ names }) => names)
                  .flatMap((name) => (ports[name] ? [`127.0.0.1:${ports[name]}`] : [])),
              },
            ],
          }),
    })),
  };
  writeFileSync(token, TOKEN);
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config).replaceAll('/run/secrets/metrics_token', token));
  writeFileSync(join(folder, 'alert-rules.yml'), shortRules(readFileSync(RULES, 'utf8')));
  return (known) =>
    writeFileSync(targets, JSON.stringify(known ? [{ targets: [`127.0.0.1:${ports['parley']}`] }] : []));
}

export function writeAlertmanager(folder: string, webhookUrl: string): void {
  const address = join(folder, 'webhook');
  writeFileSync(address, webhookUrl);
  const config = readFileSync('monitoring/alertmanager.yml', 'utf8')
    .replaceAll('/run/secrets/alert_slack_url', address)
    .replaceAll(/(group_wait|group_interval): \w+/g, '$1: 1s');
  writeFileSync(join(folder, 'alertmanager.yml'), config);
}

/** A webhook that takes Slack's messages. */
export async function startWebhook() {
  const notifications: Notification[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    notifications.push(...JSON.parse(Buffer.concat(chunks).toString()).attachments);
    response.end('ok');
  });
  await new Promise<void>((resolveListening) => server.listen(0, '127.0.0.1', resolveListening));
  return {
    notifications,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolveClosed) => server.close(() => resolveClosed()));
    },
  };
}
