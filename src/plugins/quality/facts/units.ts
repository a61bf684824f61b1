/** A unit of measure: quantities compare within a dimension, after `factor` has brought them to its base unit. */
export interface Unit {
  readonly name: string;
  readonly dimension: string;
  readonly factor: number;
}

/**
 * Dimension, then its units: `factor: names`. The first name is shown in messages. Names of Latin letters are in lower case; a plural
 * -s is understood. Factors: the International System of Units (BIPM) and the 1959 yard and pound agreement.
 */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  length: [
    '0.001: mm, millimetre, millimeter, 毫米',
    '0.01: cm, centimetre, centimeter, 厘米, 公分',
    '1: metre, meter, m, 公尺, 米',
    '1000: km, kilometre, kilometer, 公里, 千米',
    '0.0254: inch, inches, 英寸',
    '0.3048: ft, foot, feet, 英尺',
    '0.9144: yard, 英码',
    '1609.344: mile, mi, 英里',
    '1852: nautical mile, 海里',
    '9.4607e15: light-year, light year, 光年',
  ],
  mass: [
    '1e-6: mg, milligram, 毫克',
    '1e-9: μg, mcg, microgram, 微克',
    '0.001: gram, g, 克',
    '1: kg, kilogram, kilo, 公斤, 千克',
    '0.5: 斤, 市斤',
    '1000: tonne, ton, 公吨, 吨',
    '0.45359237: lb, pound of, 磅',
    '0.028349523: oz, ounce, 盎司',
  ],
  duration: [
    '0.001: ms, millisecond, 毫秒',
    '1: second, sec, 秒, 秒钟',
    '60: minute, min, 分钟',
    '3600: hour, hr, 小时, 个小时, 钟头',
    '86400: day, 天, 日',
    '604800: week, 周, 个星期, 星期, 礼拜',
    '2629746: month, 个月',
    '31556952: year, yr, 年, 周年, 岁',
    '315569520: decade',
    '3155695200: century, centuries, 世纪, 个世纪',
  ],
  percent: ['1: percent, per cent, %, 个百分点, percentage point', '0.01: basis point, bp, bps, 个基点', '10: 成'],
  dollar: ['1: dollar, usd, $, us$, 美元, 美金', '0.01: cent, 美分'],
  euro: ['1: euro, eur, €, 欧元'],
  sterling: ['1: pound, gbp, £, 英镑'],
  yuan: ['1: yuan, rmb, cny, ¥, 元, 人民币, 块钱, 块', '0.1: 角', '0.01: 分钱'],
  yen: ['1: yen, jpy, 日元, 日圆'],
  'hong kong dollar': ['1: hkd, hk$, 港元, 港币'],
  rupee: ['1: rupee, inr, ₹, 卢比'],
  won: ['1: won, krw, 韩元'],
  ruble: ['1: ruble, rouble, 卢布'],
  celsius: ['1: °c, degrees celsius, celsius, 摄氏度, ℃'],
  fahrenheit: ['1: °f, degrees fahrenheit, fahrenheit, 华氏度, ℉'],
  kelvin: ['1: kelvin, 开尔文'],
  degree: ['1: degree, °, 度'],
  area: [
    '1: square metre, square meter, sq m, m2, 平方米, 平方公尺',
    '1e6: square kilometre, square kilometer, sq km, km2, 平方公里, 平方千米',
    '1e4: hectare, 公顷',
    '666.667: 亩',
    '4046.856: acre, 英亩',
    '0.09290304: square foot, square feet, sq ft, 平方英尺',
    '2589988.11: square mile, 平方英里',
  ],
  volume: [
    '0.001: ml, millilitre, milliliter, 毫升',
    '1: litre, liter, 公升, 升',
    '1000: cubic metre, cubic meter, m3, 立方米',
    '3.785412: gallon, 加仑',
    '158.987: barrel, 桶',
  ],
  speed: [
    '1: km/h, kph, kilometres per hour, kilometers per hour, 公里每小时',
    '1.609344: mph, miles per hour',
    '3.6: m/s, 米每秒',
  ],
  data: ['1: byte, 字节', '1e3: kb, kilobyte', '1e6: mb, megabyte', '1e9: gb, gigabyte', '1e12: tb, terabyte'],
  power: ['1: watt, w, 瓦', '1e3: kw, kilowatt, 千瓦', '1e6: mw, megawatt, 兆瓦', '1e9: gw, gigawatt'],
  energy: ['1: kwh, 千瓦时', '1000: mwh', '0.001163: kcal, calorie, 卡路里, 大卡'],
  voltage: ['1: volt, v, 伏', '1000: kv, 千伏'],
  frequency: ['1: hz, hertz, 赫兹', '1e3: khz', '1e6: mhz', '1e9: ghz'],
};

const named = new Map<string, Unit>();
for (const [dimension, rows] of Object.entries(TABLE))
  for (const row of rows) {
    const [factor = '', names = ''] = row.split(/:\s(.*)/s);
    const [first = '', ...others] = names.split(', ');
    for (const name of [first, ...others]) named.set(name, { name: first, dimension, factor: Number(factor) });
  }

/** The unit by the name that a text gives it; a plural -s is understood. */
export const unitNamed = (name: string): Unit | undefined => {
  const plain = name
    .toLowerCase()
    .replace(/[\s-]+/g, ' ')
    .trim();
  return named.get(plain) ?? named.get(plain.replace(/s$/, ''));
};

const pattern = (name: string): string => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/ /g, '[\\s-]+');
const byLength = (names: readonly string[]): string[] => [...names].sort((a, b) => b.length - a.length).map(pattern);
const all = [...named.keys()];
const latin = byLength(all.filter((name) => /[a-z0-9]$/.test(name)));
const other = byLength(all.filter((name) => !/[a-z0-9]$/.test(name)));

/** Alternatives of a regular expression, longest first: names after a number. */
export const UNIT_AFTER = `(?:${other.join('|')}|(?:${latin.join('|')})s?(?![\\p{Script=Latin}\\p{N}]))`;
/** Signs of currencies before a number. */
export const CURRENCY_BEFORE = '(?:US\\$|HK\\$|[$€£¥₹]|(?:USD|EUR|GBP|RMB|CNY|JPY|HKD)\\s?)';
