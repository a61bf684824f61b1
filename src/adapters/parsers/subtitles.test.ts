import { expect, test } from 'vitest';
import { isSubtitles, parseSubtitles } from './subtitles.ts';

test('sentences that cues part are joined, with their time and without marks', () => {
  const text =
    '1\n00:00:01,000 --> 00:00:04,200\n<i>Welcome to a lesson</i>\n\n2\n00:00:04,300 --> 00:00:08,000\n{\\an8}about the queen\nexcluder.\n\n3\n00:00:12,500 --> 00:00:15,000\n- How many fit?\n- Ten fit.\n';
  expect(isSubtitles(text, 'srt')).toBe(true);
  expect(parseSubtitles(text, false)).toEqual({
    text: '[00:00:01] Welcome to a lesson about the queen excluder.\n\n[00:00:12] - How many fit?\n- Ten fit.',
    mediaType: 'application/x-subrip',
    title: null,
  });
});

test('WebVTT names who speaks; styles and comments are left out', () => {
  const text =
    'WEBVTT - Board meeting\n\nNOTE camera 2\n\nSTYLE\n::cue { color: red }\n\nintro\n00:00.000 --> 00:04.000 align:start\n<v.loud Maria Lopez>It was approved &amp; signed\n\n00:05.000 --> 00:09.000\n<v Maria Lopez>on Monday.\n<v Tom Reed>Good.\n';
  expect(parseSubtitles(text, true)).toEqual({
    text: '[00:00] Maria Lopez: It was approved & signed on Monday.\n\n[00:05] Tom Reed: Good.',
    mediaType: 'text/vtt',
    title: 'Board meeting',
  });
});

test('captions that roll show each line once; a line that is said again stays', () => {
  const cue = (second: number, lines: string) => `00:00:0${second}.000 --> 00:00:0${second + 1}.000\n${lines}\n\n`;
  const rolling = `WEBVTT\n\n${cue(1, 'hello all')}${cue(2, 'hello all\nand welcome')}${cue(3, 'and welcome\nto the show')}`;
  expect(parseSubtitles(rolling, true).text).toBe('[00:00:01] hello all and welcome to the show');
  expect(parseSubtitles(`WEBVTT\n\n${cue(1, 'No.')}${cue(2, 'No.')}`, true).text).toBe('[00:00:01] No. No.');
});

test('a text that tells of times is no subtitle', () => {
  expect(isSubtitles('WEBVTTX is a name', 'txt')).toBe(false);
  expect(isSubtitles('From 10:00 --> 11:00 we eat.', 'srt')).toBe(false);
});
