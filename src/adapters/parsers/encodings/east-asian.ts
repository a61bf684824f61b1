/** Frequent characters: of Korean and of Japanese, with those of names and of what tables are of. */
const HANGUL =
  '요이어는하아가지다해고세을나사보도거게좋에자있은기면한까네만니데마랑예서그겠로시리들람생인무라일수야같남안할친정연를구으말여주내봐의죠음없싶각제신것려잘오힘너대상간많별더바않했스진부되애전드락었건저때모헤금중심비못물미적분알감걸습래당우받테행결소선달날르직조회관늘았타된든방될동녀실복차과질공와트끝속원계처필두집문귀유편난준재런경던답성울위개버왔입현작배번눈새노맞언추또단민참함학디확줘력변합통용매표놀술절레백련청약영순임국크출최허격험록급포존출책벌산목첫써플항김박강윤장권황송류홍철희숙은식업영총무발화소서초월년일구매팀장사원번호수량금액단가합계이름전화주소부산인천광주대전울산경기';
const KANJI =
  '日本人年月一二三四五六七八九十百千万円時分大小中上下国会社名前氏住所電話番号部署営業総務経理開発技術製品商品価格金額数量合計注文顧客東京阪都府県市区町村横浜北海道佐藤鈴木高橋田伊渡辺山林加太郎子美者行学生先見出入間食事気手自動車家水火木土曜午後期内外方法業場目的用使作新古長短多少安全保証書類表示設定情報管理担当連絡確認必要可能以私思言語文字画面今何度部屋良味風満足感清広最利泉料温応対客駅接近夕理天浴持便切心親泊変通無段来立朝晴掃飯室湯特楽景物普届実残旅種題体海色着十館格常富待敵非落点増割予約印象休供別想有得優店明族番山洗望話小定受刺相関様決至遠平際早考難真世式要開器置件長加条低説聞白形熱等寛茶次重交男在角由装盛級強元滞向博改程離台構成員';
const SIMPLIFIED =
  '的一是不了在人有我他这个们中来上大为和国地到说时要就出会可也你对生能子那得着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运姓名龄城码址门价号户客单李刘陈杨黄赵周吴徐孙朱胡郭林罗京沪广深退款租约';
const TRADITIONAL =
  '的一是不了在人有我他這個們中來上大為和國地到說時要就出會可也你對生能子那得著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運姓名齡城碼址價號戶客單李劉陳楊黃趙周吳徐孫朱胡郭林羅臺灣香港紀退款租約';

interface Encoding {
  readonly name: string;
  readonly frequent: ReadonlySet<string>;
  /** The script that the text must be in, mostly. */
  readonly script: RegExp;
  /** Characters that texts of the language rarely or never contain. */
  readonly foreign: RegExp;
  /** Both of two bytes make one of the common characters, of the first level of the standard. */
  isCommon(lead: number, trail: number): boolean;
}

const HAN = /\p{Script=Han}/u;
const KANA = /[\u3041-\u3096\u30a1-\u30fa\u30fc]/u;
const PUNCTUATION = /[\u3000-\u301f\uff01-\uff5e·…—‘’“”×、。々〇①-⑳℃※→]/u;

const ENCODINGS: readonly Encoding[] = [
  {
    name: 'gb18030',
    frequent: new Set(SIMPLIFIED),
    script: HAN,
    foreign: /[\u3041-\u30fa\uac00-\ud7af\u0400-\u04ff\u0370-\u03ff]/u,
    isCommon: (lead, trail) => trail >= 0xa1 && lead >= 0xb0 && lead <= 0xd7,
  },
  {
    name: 'big5',
    frequent: new Set(TRADITIONAL),
    script: HAN,
    foreign: /[\u3041-\u30fa\uac00-\ud7af\u0400-\u04ff\u0370-\u03ff]/u,
    isCommon: (lead) => lead >= 0xa4 && lead <= 0xc6,
  },
  {
    name: 'shift_jis',
    frequent: new Set(KANJI),
    script: /[\p{Script=Han}\u3041-\u3096\u30a1-\u30fa\u30fc]/u,
    foreign: /[\uff61-\uff9f\u0400-\u04ff\u0370-\u03ff]/u,
    isCommon: (lead) => lead >= 0x88 && lead <= 0x98,
  },
  {
    name: 'euc-jp',
    frequent: new Set(KANJI),
    script: /[\p{Script=Han}\u3041-\u3096\u30a1-\u30fa\u30fc]/u,
    foreign: /[\uff61-\uff9f\u0400-\u04ff\u0370-\u03ff]/u,
    isCommon: (lead) => lead >= 0xb0 && lead <= 0xcf,
  },
  {
    name: 'euc-kr',
    frequent: new Set(HANGUL),
    script: /[\uac00-\ud7af]/u,
    foreign: /[\u3041-\u30fa\u4e00-\u9fff\u0400-\u04ff\u0370-\u03ff]/u,
    isCommon: (lead, trail) => trail >= 0xa1 && lead >= 0xb0 && lead <= 0xc8,
  },
];

/** Score of a character for its encoding: -1 to 1. */
const WEIGHTS = {
  frequent: 1,
  kana: 0.9,
  common: 0.45,
  punctuation: 0.5,
  rare: -0.3,
  foreign: -0.7,
  broken: -2,
} as const;

export interface Guess {
  readonly encoding: string;
  readonly text: string;
  /** The text's score, at most 1. */
  readonly fit: number;
}

/** The text in each encoding of Chinese, Japanese and Korean that its bytes may be, the best first. */
export function eastAsianGuesses(bytes: Uint8Array): Guess[] {
  return ENCODINGS.map((encoding) => guessOf(bytes, encoding)).sort((a, b) => b.fit - a.fit);
}

function guessOf(bytes: Uint8Array, encoding: Encoding): Guess {
  const text = new TextDecoder(encoding.name).decode(bytes);
  const common = commonPairs(bytes, encoding);
  let sum = 0;
  let number = 0;
  let ofScript = 0;
  let place = 0;
  for (const character of text) {
    if (character < '\u0080') continue;
    number += 1;
    if (encoding.script.test(character)) ofScript += 1;
    sum += weightOf(character, encoding, common[place] ?? false);
    place += 1;
  }
  const fit = number === 0 || ofScript < number * 0.4 ? -1 : sum / number;
  return { encoding: encoding.name, text, fit };
}

function weightOf(character: string, { frequent, foreign }: Encoding, isCommon: boolean): number {
  if (/[\ufffd\ue000-\uf8ff\u0080-\u009f]/u.test(character)) return WEIGHTS.broken;
  if (frequent.has(character)) return WEIGHTS.frequent;
  if (foreign.test(character)) return WEIGHTS.foreign;
  if (KANA.test(character)) return WEIGHTS.kana;
  if (PUNCTUATION.test(character)) return WEIGHTS.punctuation;
  return isCommon ? WEIGHTS.common : WEIGHTS.rare;
}

/** For each two-byte character, in order: true if it is a common one. */
function commonPairs(bytes: Uint8Array, { isCommon }: Encoding): boolean[] {
  const common: boolean[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at] as number;
    if (lead < 0x80) continue;
    common.push(isCommon(lead, bytes[at + 1] ?? 0));
    at += 1;
  }
  return common;
}
