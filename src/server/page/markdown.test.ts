import { expect, test } from 'vitest';

type Tokens = readonly { readonly type: string }[];
const { markdownOf }: { markdownOf(text: string): Tokens | undefined } = await import(
  String(new URL('./markdown.js', import.meta.url))
);
const typesOf = (text: string) =>
  markdownOf(text)
    ?.map(({ type }) => type)
    .filter((type) => type !== 'space');

test('a text with marks is read, one without stays as it is', () => {
  expect(typesOf('# Title\n\n- **注意：**一\n- $5 and $x^2$')).toEqual(['heading', 'list']);
  expect(typesOf('Nothing but words.')).toBeUndefined();
});

test.each([
  ['a long text', `# T\n\n${'word '.repeat(6_000)}`],
  ['formulas that do not end', `# T\n\n${'\\['.repeat(5_000)}`],
])('%s is shown as it stands: to read it would hold the page', (_, text) => {
  expect(typesOf(text)).toBeUndefined();
  expect(typesOf(text.slice(0, 500))).toEqual(['heading', 'paragraph']);
});
