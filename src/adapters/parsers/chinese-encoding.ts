/** Of the characters, the share that must be among the common ones of an encoding, and the share that may be broken. */
const LEAST_COMMON = 0.85;
const MOST_BROKEN = 0.01;

type InRange = (lead: number, trail: number) => boolean;
/**
 * Both of two bytes, the common characters apart from the rare: the first level of GB 2312, of 3,755, and that of Big5, of 5,401;
 * and their punctuation.
 */
const ENCODINGS: readonly { readonly name: string; readonly isPair: InRange; readonly isCommon: InRange }[] = [
  {
    name: 'gb18030',
    isPair: (lead, trail) => lead >= 0x81 && lead <= 0xfe && trail >= 0x40 && trail !== 0x7f && trail <= 0xfe,
    isCommon: (lead, trail) => trail >= 0xa1 && (lead <= 0xa3 ? lead >= 0xa1 : lead >= 0xb0 && lead <= 0xd7),
  },
  {
    name: 'big5',
    isPair: (lead, trail) => lead >= 0x81 && lead <= 0xfe && ((trail >= 0x40 && trail < 0x7f) || trail >= 0xa1),
    isCommon: (lead) => lead >= 0xa1 && lead <= 0xc6,
  },
];

/** The encoding of Chinese whose common characters the bytes are, however few; undefined where they are none's. */
export function chineseEncoding(bytes: Uint8Array): string | undefined {
  let best: { readonly name: string; readonly common: number } | undefined;
  for (const { name, isPair, isCommon } of ENCODINGS) {
    const common = commonIn(bytes, isPair, isCommon);
    if (common >= LEAST_COMMON && common > (best?.common ?? 0)) best = { name, common };
  }
  return best?.name;
}

/** 0 where too many are broken. */
function commonIn(bytes: Uint8Array, isPair: InRange, isCommon: InRange): number {
  let all = 0;
  let common = 0;
  let broken = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at] as number;
    if (lead < 0x80) continue;
    all += 1;
    const trail = bytes[at + 1] ?? 0;
    if (!isPair(lead, trail)) {
      broken += 1;
      continue;
    }
    at += 1;
    if (isCommon(lead, trail)) common += 1;
  }
  return all === 0 || broken > MOST_BROKEN * all ? 0 : common / all;
}
