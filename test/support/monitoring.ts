/** What monitoring/ holds, as tests read it. */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';

export interface Rule {
  /** Of an alert. */
  readonly alert?: string;
  /** Of a recorded series. */
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}
export interface Dashboard {
  readonly name: string;
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export const yamlOf = (file: string): unknown => parse(readFileSync(file, 'utf8'), { merge: true });

export const RULES = 'monitoring/alert-rules.yml';
export const ruleFile = yamlOf(RULES) as RuleFile;
export const rules: readonly Rule[] = ruleFile.groups.flatMap((group) => group.rules);
export const alerts = rules.filter((rule): rule is Rule & { readonly alert: string } => rule.alert !== undefined);

export const dashboards: readonly Dashboard[] = globSync('monitoring/grafana/dashboards/*.json')
  .sort()
  .map((file) => ({ name: basename(file, '.json'), ...JSON.parse(readFileSync(file, 'utf8')) }));

export interface Expression {
  /** For people: where it stands. */
  readonly where: string;
  readonly expr: string;
}
export const expressions: readonly Expression[] = [
  ...rules.map(({ alert, record, expr }) => ({ where: `rule ${alert ?? record}`, expr })),
  ...dashboards.flatMap(({ name, panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `${name}: ${title}`, expr }))),
  ),
];

const KEYWORDS = new Set([
  'by',
  'on',
  'and',
  'or',
  'unless',
  'without',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
]);

/** The series that a PromQL expression reads: its names without functions, keywords, labels and what stands in quotes. */
export function seriesOf(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, '');
  const names = [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([name]) => name);
  return [...new Set(names.filter((name) => !KEYWORDS.has(name) && !/^e\d*$/.test(name)))];
}

/** The metric that /metrics declares, of a series: of a histogram without its suffix. */
export const declaredBy = (series: string, declared: ReadonlySet<string>): boolean =>
  declared.has(series) || declared.has(series.replace(/_(?:bucket|count|sum)$/, ''));

/** Names that a text in Prometheus' format declares. */
export const declaredIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
