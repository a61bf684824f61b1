/** Kinds of answers that plain questions ask for. */
export interface AnswerKind {
  readonly name: 'price' | 'phone' | 'email' | 'contact' | 'place' | 'weight' | 'size' | 'time' | 'number' | 'person';
  /** Words of a question that ask for it; they are no subjects. */
  readonly asked: RegExp;
  /** A sentence that has it. */
  readonly told: RegExp;
  /** It can be recognised without a subject: a sentence with it answers "what is your phone number?". */
  readonly isTelling: boolean;
  /** Its values look like nothing else. */
  readonly hasForm: boolean;
}

/** Numbers that are no telephone's, by the word before them. */
const PHONE =
  /(?<!(?:VAT|IBAN|[Aa]ccount|(?:[Cc]ustomer|[Oo]rder|[Ii]nvoice|[Pp]olicy|[Cc]ontract|[Ss]erial) (?:[Nn]o|[Nn]umber|ID)|税号|账号|帐号|订单号|编号|身份证号?)[\s.:：#A-Z\d]{0,16})(?<![\d.,])\+?\(?\d{2,5}\)?(?:[\s-]?\d{2,5}){1,5}(?![\d.,]*\d)/u;
const EMAIL = /[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,4}/u;
const MONEY =
  /[$€£¥￥]\s?\d|\d\s?(?:€|euros?|eur|dollars?|usd|pounds?|gbp|pence|cents?|chf|francs?|yuan|rmb|[元块角])|[一二三四五六七八九十百千万两]+[元块角]|\bfree\b|免费|包邮|半价/iu;
const CLOCK =
  /\d{1,2}[:.：]\d\d|\d{1,2}\s?(?:[ap]\.?m\b|o’?'?clock)|\bnoon|midnight|\d\s?[点时]|[一二三四五六七八九十]+[点时]|(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|周[一二三四五六日末]|星期/iu;
const DATE =
  /\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:19|20)\d\d\b|\d\s?[月日号年]|[一二三四五六七八九十〇]+[月日号年]|\bday\b|\b(?:days|weeks|months|years)\b|[天周年月]内|工作日/iu;

/** The kinds, those whose words are the clearest first. */
export const KINDS: readonly AnswerKind[] = [
  {
    name: 'email',
    asked: /\be-?mail(?: address(?:es)?)?\b|邮箱(?:地址)?|电子邮件|邮件地址/giu,
    told: EMAIL,
    isTelling: true,
    hasForm: true,
  },
  {
    name: 'phone',
    asked:
      /\b(?:tele)?phone(?: numbers?)?\b|\b(?:which|what) number\b|\bhotline\b|(?:联系|客服|服务)?(?:电话|热线)(?:号码)?|手机号码?/giu,
    told: PHONE,
    isTelling: true,
    hasForm: true,
  },
  {
    name: 'contact',
    asked: /\bcontact(?: details| you)?\b|\breach you\b|\bget in touch\b|(?:怎么|如何)联系|联系方式/giu,
    told: new RegExp(`${PHONE.source}|${EMAIL.source}`, 'u'),
    isTelling: true,
    hasForm: true,
  },
  {
    name: 'weight',
    asked: /\bhow (?:heavy|much does .{1,40} weigh)\b|\bweighs?\b|\bweight\b|多重|重量|有多沉/giu,
    told: /\d\s?(?:kg|kilos?|kilograms?|g|grams?|lbs?|pounds?|tons?|tonnes?|t|公斤|千克|克|斤|吨)(?![\p{L}\p{N}])/iu,
    isTelling: true,
    hasForm: true,
  },
  {
    name: 'size',
    asked:
      /\bhow (?:big|large|tall|wide|high)\b|\bdimensions?\b|\bmeasurements?\b|\bhow big\b|多大|尺寸|大小|多高|多宽/giu,
    told: /\d\s?[x×*]\s?\d|\d\s?(?:mm|cm|m|metres?|meters?|inch(?:es)?|feet|ft|m²|sqm|毫米|厘米|公分|平方米|平米|米)(?![\p{L}\p{N}])/iu,
    isTelling: true,
    hasForm: true,
  },
  {
    name: 'price',
    asked:
      /\bhow much (?:is|are|does|do|will|would)\b|\bhow much\b|\bcosts?\b|\bprices?\b|\bfees?\b|\bcharges?\b|\bexpensive\b|\bfree(?: of charge)?\b|多少钱|价格|怎么收费|收费|免费|[是要]多少$/giu,
    told: MONEY,
    isTelling: false,
    hasForm: true,
  },
  {
    name: 'place',
    asked:
      /\bwhere(?: is| are| can i find)?\b|\baddress\b|\blocat(?:ed|ion)\b|在哪(?:里|儿|个地方)?|哪里|哪儿|地址|位置|怎么走/giu,
    told: /\b\d{1,4}[a-z]?,? (?!January|February|March|April|May|June|July|August|September|October|November|December)\p{Lu}[\p{L}’']+|\b(?:[Ss]treet|[Rr]oad|[Ll]ane|[Aa]venue|[Ss]quare|[Dd]rive|[Ff]loor|[Bb]uilding|[Ee]ntrance|located|behind|next to|opposite|[Ss]traße|[Pp]latz)\b|路\p{N}{0,5}号?|街|位于|[东西南北正后侧]门|[一二三四五六七八九十\d]+[楼层]|号楼/u,
    isTelling: true,
    hasForm: false,
  },
  {
    name: 'time',
    asked:
      /\bwhen\b|\bwhat time\b|\b(?:opening|business) (?:hours|times)\b|\bwhich days?\b|什么时候|什么时间|何时|几点|几号|哪天|多会儿/giu,
    told: new RegExp(`${CLOCK.source}|${DATE.source}`, 'iu'),
    isTelling: false,
    hasForm: false,
  },
  {
    name: 'number',
    asked: /\bhow (?:many|long|often|far|fast|old)\b|多久|多长时间|多长|几[天年个次岁周]|多少[天年个次人]?/giu,
    told: /\p{N}|[一二三四五六七八九十百千两半][\p{Script=Han}]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice|every|daily|weekly|monthly)\b/iu,
    isTelling: false,
    hasForm: false,
  },
  {
    name: 'person',
    asked: /\bwho(?: is| are)?\b|\bwhose\b|是谁|谁|哪位|叫什么(?:名字)?/giu,
    told: /\p{Lu}\p{Ll}+|[\p{Script=Han}]{2}/u,
    isTelling: false,
    hasForm: false,
  },
];
