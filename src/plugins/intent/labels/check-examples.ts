import { LabelFileError, type LabelledLine, OUT_OF_SCOPE } from './labelled-text.ts';

const MOST_EXAMPLES = 200_000;
const MOST_LABELS = 1_000;
const LONGEST_LABEL = 100;
/** Maximum length of an example in UTF-16 code units, as of a message. */
const LONGEST_TEXT = 32_000;
/** Names that CLINC150, Rasa and others give to examples outside of all classes. */
const OUT_OF_SCOPE_NAMES = new Set(['oos', 'out_of_scope', 'out-of-scope', 'nlu_fallback']);

/** Checks what a reader found, and gives out-of-scope examples their one name. Throws a LabelFileError that names the line. */
export function checkedExamples(lines: readonly LabelledLine[]): LabelledLine[] {
  const examples = lines.map(checkedExample);
  if (examples.length > MOST_EXAMPLES)
    throw new LabelFileError(`has ${examples.length} examples; keep ${MOST_EXAMPLES} or fewer`);
  const counts = new Map<string, number>();
  for (const { label } of examples) if (label !== OUT_OF_SCOPE) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size < 2)
    throw new LabelFileError(
      `has ${counts.size === 0 ? 'no label' : 'one label only'}; give examples of two labels or more`,
    );
  if (counts.size > MOST_LABELS) throw new LabelFileError(`has ${counts.size} labels; keep ${MOST_LABELS} or fewer`);
  for (const { label, line } of examples)
    if (counts.get(label) === 1)
      throw new LabelFileError(`label ${label} has one example only; give two or more`, line);
  return examples;
}

function checkedExample({ text, label, line }: LabelledLine): LabelledLine {
  const [trimmed, name] = [text.trim(), label.trim()];
  if (trimmed === '') throw new LabelFileError('the text is empty; write an example or remove the line', line);
  if (trimmed.length > LONGEST_TEXT)
    throw new LabelFileError(`the text has ${trimmed.length} characters; keep ${LONGEST_TEXT} or fewer`, line);
  if (name === '') throw new LabelFileError('the label is empty; name the intent', line);
  if (name.length > LONGEST_LABEL || /\p{Cc}/u.test(name))
    throw new LabelFileError(`the label must be one line of at most ${LONGEST_LABEL} characters`, line);
  return { text: trimmed, label: OUT_OF_SCOPE_NAMES.has(name.toLowerCase()) ? OUT_OF_SCOPE : name, line };
}

/** Examples that stand under two labels: a warning for the team, since one of the two cannot be learned. */
export function contradictions(examples: readonly LabelledLine[]): string[] {
  const first = new Map<string, LabelledLine>();
  return examples.flatMap((example) => {
    const key = example.text.toLowerCase();
    const before = first.get(key);
    if (!before) first.set(key, example);
    return before && before.label !== example.label
      ? [`line ${example.line} says ${example.label} and line ${before.line} says ${before.label} for the same text`]
      : [];
  });
}
