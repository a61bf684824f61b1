/** Rasa's nlu.yml, and routes of semantic-router (Aurelio) in YAML. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { LabelFileError, type LabelledLine } from './labelled-text.ts';

/** `[Boston](city)` and `[NYC]{"entity": "city", "value": "New York"}` mark entities in Rasa's examples. */
const ENTITY = /\[([^[\]\n]{1,500})\](?:\([^()\n]{0,500}\)|\{[^{}\n]{0,500}\})(?:\{[^{}\n]{0,500}\})?/g;

/** Reads intents under `nlu`, or `routes`; synonyms, regexes and lookups are skipped. */
export function readYaml(content: string): LabelledLine[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, maxAliasCount: 0 } as Parameters<
    typeof parseDocument
  >[1]);
  const lineOf = (node: unknown) => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line;
  const [problem] = document.errors;
  if (problem)
    throw new LabelFileError(`is no YAML: ${problem.message.split(' at line')[0]}`, problem.linePos?.[0].line ?? null);
  const root = document.contents;
  if (!isMap(root)) throw new LabelFileError('must hold `nlu:` with intents, or `routes:`', 1);
  const [intents, routes] = [root.get('nlu', true), root.get('routes', true)];
  if (isSeq(intents)) return intents.items.flatMap((item) => rasaIntent(item, content, lineOf));
  if (isSeq(routes)) return routes.items.flatMap((item) => yamlRoute(item, lineOf));
  throw new LabelFileError('must hold `nlu:` with a list of intents, or `routes:` with a list of routes', lineOf(root));
}

type LineOf = (node: unknown) => number;

function rasaIntent(item: unknown, content: string, lineOf: LineOf): LabelledLine[] {
  if (!isMap(item)) throw new LabelFileError('must be a map such as `- intent: greet`', lineOf(item));
  const label = item.get('intent');
  if (label === undefined) return [];
  if (typeof label !== 'string') throw new LabelFileError('`intent` must be a name', lineOf(item));
  const examples = item.get('examples', true) as unknown;
  if (isSeq(examples)) return examples.items.flatMap((example) => listedExample(example, label, lineOf));
  if (!isScalar(examples) || typeof examples.value !== 'string')
    throw new LabelFileError(`intent ${label} has no \`examples: |\` with lines that begin with -`, lineOf(item));
  return blockExamples(content, examples.range ?? [0, 0, 0], label, lineOf(examples));
}

/** A block of lines `- example`, read from the source so that each keeps its line. */
function blockExamples(content: string, [start, end]: readonly number[], label: string, first: number): LabelledLine[] {
  return content
    .slice(start, end)
    .split('\n')
    .slice(1)
    .flatMap((source, place) => {
      const line = first + place + 1;
      const text = source.trim();
      if (text === '' || text.startsWith('#')) return [];
      if (!text.startsWith('-')) throw new LabelFileError(`an example of ${label} must begin with -`, line);
      return [{ text: withoutEntities(text.slice(1)), label, line }];
    });
}

function listedExample(example: unknown, label: string, lineOf: LineOf): LabelledLine[] {
  const node = isMap(example) ? (example as YAMLMap).get('text', true) : example;
  if (!isScalar(node) || typeof node.value !== 'string')
    throw new LabelFileError(`an example of ${label} must be a text`, lineOf(example));
  const text = node.value.trim().replace(/^-\s+/, '');
  return [{ text: withoutEntities(text), label, line: lineOf(node) }];
}

function yamlRoute(item: unknown, lineOf: LineOf): LabelledLine[] {
  const label = isMap(item) ? item.get('name') : undefined;
  const utterances = isMap(item) ? item.get('utterances', true) : undefined;
  if (typeof label !== 'string' || !isSeq(utterances))
    throw new LabelFileError('a route must have a `name` and a list of `utterances`', lineOf(item));
  return utterances.items.map((utterance) => {
    if (!isScalar(utterance) || typeof utterance.value !== 'string')
      throw new LabelFileError(`an utterance of ${label} must be a text`, lineOf(utterance));
    return { text: utterance.value, label, line: lineOf(utterance) };
  });
}

const withoutEntities = (text: string): string => text.trim().replace(ENTITY, '$1');
