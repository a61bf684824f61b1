import { expect, test } from 'vitest';
import { cleanText, declaredEncoding, decodeText } from './decode.ts';

const decoded = (hex: string) => decodeText(Buffer.from(hex, 'hex'), 1_000_000);

test.each([
  ['names in GBK', 'd0d5c3fb2cc4eac1e42cb3c7cad00ad5c5c8fd2c32332cb1b1bea9', '姓名,年龄,城市\n张三,23,北京'],
  ['names in Big5', 'a96da6572ca67eacf62cabb0a5ab0ab169a4542c32332ca578a55f', '姓名,年紀,城市\n張三,23,台北'],
  ['Russian', 'cff0e8e2e5f22c20ece8f021', 'Привет, мир!'],
  [
    'Russian in capitals',
    'cfd0c8c2c5d220cfd0c8c2c5d220cdcec2cec520ccc8d020d1c5c9d7c0d1',
    'ПРИВЕТ ПРИВЕТ НОВОЕ МИР СЕЙЧАС',
  ],
  ['French', '4c6520636166e920657374206665726de9206a7573717527e0206c756e6469', "Le café est fermé jusqu'à lundi"],
])('the decoder recognises %s in a short text', (_name, hex, text) => {
  expect(decoded(hex)).toBe(text);
});

test.each([
  [
    'Japanese in Shift JIS',
    '96bc914f2c944e97ee2c8f5a8f8a0a8db293a191be98592c33302c938c8b9e0a8e4f96d889708e712c32352c91e58de3',
    '名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪',
  ],
  [
    'Japanese in EUC-JP',
    'a4aab5d2cdcda4cec0bca4f2bdb8a4e1a4c6a4a4a4dea4b9a1a3cad6c9caa4cfbcb7c6fcb0cac6e2a4cba4b4cfa2cdeda4afa4c0a4b5a4a4a1a3',
    'お客様の声を集めています。返品は七日以内にご連絡ください。',
  ],
  [
    'Japanese in ISO-2022-JP',
    '1b24424a56494a244f3c37467c304a4662244b24344f224d6d242f24402435242421231b2842',
    '返品は七日以内にご連絡ください。',
  ],
  [
    'Korean',
    'c0ccb8a72cbacebcad2cc0fcc8ad0ab1e8c3b6bcf62cb1b8b8c5bace2c383031320ac0ccbfb5c8f12cc0e7b9abbace2c38303133',
    '이름,부서,전화\n김철수,구매부,8012\n이영희,재무부,8013',
  ],
  [
    'simplified Chinese',
    'cdcbbfeebbe1d4dacad5b5bdc9ccc6b7baf3c8fdb8f6b9a4d7f7c8d5c4dad4adc2b7b7b5bbd8a1a3',
    '退款会在收到商品后三个工作日内原路返回。',
  ],
  [
    'traditional Chinese',
    'b068b4dab77ca662a6aca8ecb0d3ab7eabe1a454add3a475a740a4e9a4baadecb8f4aaf0a65ea143',
    '退款會在收到商品後三個工作日內原路返回。',
  ],
  [
    'Czech',
    '536d6c6f757661206a6520706c61746ee1206476616ee16374206dec73ed63f9206f646520646e6520706f64706973752c2070f8ed6c699a209e6c759d6f75e86bfd206bf9f22e',
    'Smlouva je platná dvanáct měsíců ode dne podpisu, příliš žluťoučký kůň.',
  ],
  [
    'Polish in ISO 8859-2',
    '556d6f7761206f626f7769b17a756a652070727a657a206477616e61b6636965206d69657369ea6379206f6420646e696120706f64706973616e69612c2070f3bc6e69656a206d6fbf65206279e62070727a6564b375bf6f6e612e',
    'Umowa obowiązuje przez dwanaście miesięcy od dnia podpisania, później może być przedłużona.',
  ],
  [
    'Hungarian',
    '4120737a65727af564e97320617a20616ce1ed72e173206e61706ae174f36c2074697a656e6be9742068f36e6170696720e97276e96e7965732c20e9732062f576ed74686574f52e',
    'A szerződés az aláírás napjától tizenkét hónapig érvényes, és bővíthető.',
  ],
  [
    'Russian',
    'c4eee3eee2eef020e2f1f2f3efe0e5f220e220f1e8ebf320f120eceeece5edf2e020efeee4efe8f1e0ede8ff2e20d1f0eeea20e0f0e5ede4fb20e4e2e5ede0e4f6e0f2fc20ece5f1fff6e5e22e',
    'Договор вступает в силу с момента подписания. Срок аренды двенадцать месяцев.',
  ],
  [
    'Russian in KOI8-R',
    'e4cfc7cfd7cfd220d7d3d4d5d0c1c5d420d720d3c9ccd520d320cdcfcdc5ced4c120d0cfc4d0c9d3c1cec9d12e20f3d2cfcb20c1d2c5cec4d920c4d7c5cec1c4c3c1d4d820cdc5d3d1c3c5d72e',
    'Договор вступает в силу с момента подписания. Срок аренды двенадцать месяцев.',
  ],
  [
    'Greek',
    'c720f3fdece2e1f3e720e9f3f7fde5e920e3e9e120e4fee4e5eae120ecdeede5f220e1f0fc20f4e7ed20e7ecddf1e120f4e7f220f5f0efe3f1e1f6def22e',
    'Η σύμβαση ισχύει για δώδεκα μήνες από την ημέρα της υπογραφής.',
  ],
  [
    'Turkish',
    '53f67a6c65fe6d6520696d7a61207461726968696e64656e20697469626172656e206f6e20696b692061792073fc7265796c65206765e765726c6964697220766520757a6174fd6c6162696c69722e',
    'Sözleşme imza tarihinden itibaren on iki ay süreyle geçerlidir ve uzatılabilir.',
  ],
  [
    'Hebrew',
    'e4e4f1ebed20faf7f320ecf9f0e9ed20f2f9f820e7e5e3f9e9ed20eee9e5ed20e4e7fae9eee42e',
    'ההסכם תקף לשנים עשר חודשים מיום החתימה.',
  ],
  [
    'Arabic',
    'c7e1dadecf20d3c7d1ed20c7e1e3dddae6e120e1e3cfc920c7cbe4ed20dad4d120d4e5d1c720e3e420cac7d1edce20c7e1cae6deedda2e',
    'العقد ساري المفعول لمدة اثني عشر شهرا من تاريخ التوقيع.',
  ],
  [
    'Lithuanian',
    '53757461727469732067616c696f6a61206476796c696b61206deb6e657369f8206e756f20706173697261f0796d6f206469656e6f732069722067616c692062fb74692070726174e67374612e',
    'Sutartis galioja dvylika mėnesių nuo pasirašymo dienos ir gali būti pratęsta.',
  ],
  [
    'Thai',
    'cad1adadd2c1d5bcc5bad1a7a4d1bae3aae9e0bbe7b9e0c7c5d2cad4bacacda7e0b4d7cdb9b9d1baa8d2a1c7d1b9b7d5e8c5a7b9d2c1',
    'สัญญามีผลบังคับใช้เป็นเวลาสิบสองเดือนนับจากวันที่ลงนาม',
  ],
  [
    'German',
    '446965205072fc66756e672066e46c6c74206175732c207765696c20646572205072fc666572206b72616e6b206973742e204772f6df653a2035204675df2e',
    'Die Prüfung fällt aus, weil der Prüfer krank ist. Größe: 5 Fuß.',
  ],
  [
    'Italian',
    '496c20636f6e74726174746f20e82076616c69646f2070657220646f64696369206d6573692065207075f2206573736572652070726f726f6761746f207069f920766f6c74652e',
    'Il contratto è valido per dodici mesi e può essere prorogato più volte.',
  ],
  [
    'French of a Macintosh',
    '4c6520636f6e7472617420657374207369676e8e20882050617269732065742064757265206a75737175d588206cd58e748e2070726f636861696e2e',
    'Le contrat est signé à Paris et dure jusqu’à l’été prochain.',
  ],
])('%s that names no encoding is read right', (_name, hex, text) => {
  expect(decoded(hex)).toBe(text);
});

test('the decoder refuses a text of doubtful encoding and names the candidates', () => {
  // Both windows-1252 and windows-1254 give a word here, and nothing decides between them.
  expect(() => decoded(Buffer.from('Brazili\xeb', 'latin1').toString('hex'))).toThrow(
    /encoding of the text could not be told; it may be .+ or .+\. Save the file as UTF-8/,
  );
});

/** The bytes of a text in an encoding of one byte a character. */
function encoded(text: string, encoding: string): Buffer {
  const decoder = new TextDecoder(encoding);
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  return Buffer.from(Array.from(text, (character) => bytes.get(character) as number));
}

test.each([
  ['alemão', 'windows-1252'],
  ['řečtina', 'windows-1250'],
  ['Švédsko', 'iso-8859-2'],
  ['vasárnap', 'windows-1250'],
  ['franceză', 'windows-1250'],
  ['русский', 'koi8-r'],
  ['греческий', 'ibm866'],
  ['Єгипет', 'windows-1251'],
  ['Çin', 'windows-1254'],
  ['יפן', 'windows-1255'],
  ['Švedija', 'windows-1257'],
  ['สวีเดน', 'windows-874'],
])('a word alone is read right, or refused with what it may be: %s in %s', (text, encoding) => {
  let read: string;
  try {
    read = decoded(encoded(text, encoding).toString('hex'));
  } catch (error) {
    expect(String(error)).toMatch(/encoding of the text could not be told/);
    return;
  }
  expect(read).toBe(text);
});

test('an encoding that a file names is taken, where its bytes are text in it', () => {
  const bytes = Buffer.from('caf\xe9', 'latin1');
  expect(decodeText(bytes, 100, 'iso-8859-5')).toBe('cafщ');
  expect(decodeText(Buffer.from('\xc4\xe3\xba\xc3\xca\xc0\xbd\xe7', 'latin1'), 100, 'shift_jis')).toBe('你好世界');
});

test.each([
  ['<?xml version="1.0" encoding="koi8-r"?><a/>', '', 'koi8-r'],
  ['<html><meta http-equiv="x" content="text/html; charset=euc-jp">', '', 'euc-jp'],
  ['#!/usr/bin/python\n# -*- coding: cp1251 -*-', '', 'cp1251'],
  ['@charset "gbk";', '', 'gbk'],
  ['name;town', 'text/csv; charset="windows-1250"', 'windows-1250'],
  ['The coding: utf-7 of it', '', undefined],
])('%s (%s) names %s', (head, mediaType, encoding) => {
  expect(declaredEncoding(Buffer.from(head), mediaType)).toBe(encoding);
});

test('characters without width hide no word, and letters have the form that people type', () => {
  expect(cleanText('Kraft\u00adfahr\u200bzeug \u202bun\u2060it\u202c long\u200dpath')).toBe(
    'Kraftfahrzeug unit longpath',
  );
  expect(cleanText('می\u200cخواهم 👩\u200d🔬')).toBe('می\u200cخواهم 👩\u200d🔬');
  expect(cleanText('cafe\u0301')).toBe('café');
});

test('late lines decide the encoding if early ones do not', () => {
  const plain = 'This line says nothing of it.\n'.repeat(20_000);
  const text = `${plain}Договор вступает в силу с момента подписания.\n${plain}`;
  const bytes = Buffer.concat([
    Buffer.from(plain),
    Buffer.from('c4eee3eee2eef020e2f1f2f3efe0e5f220e220f1e8ebf320f120eceeece5edf2e020efeee4efe8f1e0ede8ff2e0a', 'hex'),
    Buffer.from(plain),
  ]);
  expect(decodeText(bytes, 10_000_000) === text).toBe(true);
});

test.each([
  ['Russian', 'Протокол собрания.\nЗаседание в пятницу.'],
  ['one Chinese sentence', '通知：公司将于五月一日至五日放假'],
  ['Japanese', '会議の議事録。出席者：田中'],
  ['Greek', 'Το κατάστημα είναι ανοιχτό'],
  ['German', 'Grüße aus Köln'],
])('the decoder reads %s in UTF-16 without its mark, in both orders of bytes', (_name, text) => {
  const little = Buffer.from(text, 'utf16le');
  expect(decodeText(little, 1_000)).toBe(text);
  expect(decodeText(Buffer.from(little).swap16(), 1_000)).toBe(text);
});

test('bytes that are no text in either order are no UTF-16', () => {
  const bytes = Buffer.from(Array.from({ length: 400 }, (_, place) => (place * 73 + (place >> 3) * 31) % 251));
  expect(() => decodeText(bytes, 1_000)).toThrow(/binary data|could not be told/);
});

test.each([
  ['UTF-7', 'Gesch+AOQ-ft, R+APw-ckgabe'],
  ['UTF-7', '+kBp35f8aUWxT+FwGTo5OlGcITgBl5YHzTpRl5WU+'],
  ['HZ', '~{M(V*#:9+K>=+SZNeTBR;HUVANeHU7E<Y#,AyHUU}3#IO0`!#~}'],
])('the decoder refuses text in %s and says so', (name, text) => {
  expect(() => decodeText(Buffer.from(text), 1_000)).toThrow(`it may be ${name}`);
});

test.each(['(format t "~{~a~^, ~}" list)', 'a+b-c, +49 151 1234-5, x+ABC-y', 'key=Zm9v+YmFyYmF6cXV4-end'])(
  'text of ASCII stays what it is: %s',
  (text) => {
    expect(decodeText(Buffer.from(text), 1_000)).toBe(text);
  },
);

test('a low quotation mark or a small letter above the line within a word is a wrong reading', () => {
  // CP850 and ISO 8859-4, which look like windows-1252.
  expect(() => decoded('4c65206d61676173696e20657374206665726d82206c65206c756e6469')).toThrow(/could not be told/);
  expect(
    decoded(
      '5665696b616c73207069726d6469656ee07320697220736cba6774732e20417467726965b9616e612069657370ba6a616d6120e8657472706164736d6974206469656e75206c61696be02e',
    ),
  ).toBe('Veikals pirmdienās ir slēgts. Atgriešana iespējama četrpadsmit dienu laikā.');
});

test('boxes of Wingdings tell whether they are ticked; bullets stay bullets', () => {
  expect(cleanText('Smoker: \uf0a8 yes \uf0fe no\n\uf0a8 First\n\uf0a8 Second \uf0e0 third\n\uf06f a \uf078 b')).toBe(
    'Smoker: ☐ yes ☑ no\n• First\n• Second → third\n☐ a ☒ b',
  );
});
