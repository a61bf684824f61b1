import { expect, test } from 'vitest';
import { firstHeading, realTitle } from './titles.ts';

test.each([
  '(anonymous)',
  'PowerPoint Presentation',
  'Microsoft Word - letter.doc',
  'untitled',
  'Document1',
  'Untitled-1',
  'C:\\a b',
  'report final.docx',
  'Slide 1',
  '---',
  'PowerPoint-Präsentation',
  '演示文稿',
  'Unknown Title',
])('%s names nothing', (title) => {
  expect(realTitle(title)).toBeNull();
});

test.each(['Annual report 2025', 'Presentation of the new valves', 'Form 27', 'Test methods for pumps', '年度报告'])(
  '%s is a title',
  (title) => {
    expect(realTitle(title)).toBe(title);
  },
);

test('the first heading that names something is the title', () => {
  expect(firstHeading('Some words.\n\n## Stock of May\n\nMore.')).toBe('Stock of May');
  expect(firstHeading('No heading here.')).toBeNull();
});
