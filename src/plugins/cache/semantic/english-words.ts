/** English words that the gates treat by what they do, and inflected forms. */

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
const map = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(/\s+/).flatMap((entry) => {
      const [to = '', from = ''] = entry.split(':');
      return from.split(',').map((word) => [word, to] as const);
    }),
  );

/** Words that change no answer wherever they stand. Every word that is in no list of this file is compared. */
export const FILLERS = set(
  `a an the please pls kindly really actually simply basically hey hi hello thanks thank ok okay so well there
is are am be being been do does it its this that these those my our s have has`,
);

/** Auxiliaries that begin a question to be answered by yes or no. */
export const POLAR = set(
  'is are am was were do does did can could will would should may might must has have had shall isn aren wasn don doesn didn',
);

/** Words that say the same in their place: the class is compared. */
export const CLASSES = map(
  `in:in,at,inside,within,into on:on,onto,upon about:about,regarding,concerning without:without,w/o until:until,till
past:was,were,did,had future:will,shall,gonna,ll able:can,could may:may,might must:must should:should,ought only:only,just me:i,me,mine,myself
we:we,us he:he,him his:his she:she,her,hers they:they,them you:you,u your:your,yours,ur what:what,which who:who,whom
not:not,n't,never,cannot,no and:and,& than:than because:because,since or:or but:but,however also:also,too`,
);

/** Names of one thing that are near in no dictionary, or in the wrong sense of it. */
const ONE_THING = map(
  `movie:film photo:photograph app:application phone:telephone website:site,webpage laptop:notebook tv:television bike:bicycle
ad:advert,advertisement info:information set_up:configure`,
);

/** What governs the words after it: they keep it wherever the phrase is moved to. */
export const PREPOSITIONS = set(
  `in on to from by with without for of about over under above below between before after until during through against via per
than as near off out up down across behind beside besides beyond except toward towards among around despite unless if because while`,
);

/** What may make one verb with the verb before it. */
export const PARTICLES: ReadonlySet<string> = new Set([
  ...PREPOSITIONS,
  'away',
  'back',
  'together',
  'apart',
  'forward',
]);

/** Words that end what a preposition governs. */
export const BOUNDARIES = set(
  'what who how why when where past future able may must should me we he she they you and or but polar',
);

const NUMBERS = map(
  `0:zero 2:two 3:three 4:four 5:five 6:six 7:seven 8:eight 9:nine 10:ten 11:eleven 12:twelve,dozen 13:thirteen 14:fourteen
15:fifteen 16:sixteen 17:seventeen 18:eighteen 19:nineteen 20:twenty 30:thirty 40:forty 50:fifty 60:sixty 70:seventy 80:eighty
90:ninety #1:1st #2:second,2nd #3:third,3rd #4:fourth #5:fifth
#6:sixth #7:seventh #8:eighth #9:ninth #10:tenth`,
);
const SCALES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, bn: 1e9 };

/** A number's value, whatever way it is written; undefined for what is none. */
export function numberOf(word: string): string | undefined {
  const named = NUMBERS.get(word);
  if (named !== undefined) return named;
  const [, digits = '', fraction = '', suffix = ''] =
    /^(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?(k|m|bn|st|nd|rd|th)?$/.exec(word) ?? [];
  if (digits === '') return undefined;
  const value = Number(digits.replaceAll(',', '') + fraction) * (SCALES[suffix] ?? 1);
  return Number.isFinite(value) ? String(value) : digits;
}

const IRREGULAR_PAST = map(
  `be:been become:became begin:began,begun break:broke,broken bring:brought build:built buy:bought catch:caught choose:chose,chosen
come:came cost:cost do:done draw:drew,drawn drink:drank,drunk drive:drove,driven eat:ate,eaten fall:fell,fallen feel:felt fight:fought
find:found fly:flew,flown forget:forgot,forgotten freeze:froze,frozen get:got,gotten give:gave,given go:went,gone grow:grew,grown
hang:hung hear:heard hide:hid,hidden hold:held keep:kept know:knew,known lead:led learn:learnt leave:left lend:lent lose:lost make:made
mean:meant meet:met pay:paid ride:rode,ridden ring:rang,rung rise:rose,risen run:ran say:said see:saw,seen sell:sold send:sent
shake:shook,shaken shine:shone shoot:shot show:shown shrink:shrank sing:sang,sung sink:sank,sunk sit:sat sleep:slept speak:spoke,spoken
spend:spent stand:stood steal:stole,stolen swim:swam,swum take:took,taken teach:taught tell:told think:thought throw:threw,thrown
understand:understood wake:woke,woken wear:wore,worn win:won write:wrote,written`,
);
const IRREGULAR_PLURAL = map(
  'man:men woman:women child:children person:people,persons foot:feet tooth:teeth mouse:mice criterion:criteria datum:data index:indices analysis:analyses',
);

/** What a word may be an inflected form of, itself first: forms that are no words meet no others. */
export function baseForms(word: string): readonly string[] {
  const forms = inflections(word);
  const thing = forms.map((form) => ONE_THING.get(form)).find((name) => name !== undefined);
  return thing === undefined ? forms : [...forms, thing];
}

function inflections(word: string): readonly string[] {
  const irregular = IRREGULAR_PAST.get(word) ?? IRREGULAR_PLURAL.get(word);
  if (irregular !== undefined) return [word, irregular];
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return [word];
  const stripped = (ending: string) => word.slice(0, -ending.length);
  const regular = (stem: string) =>
    stem.length < 2 || !/[aeiouy]/.test(stem)
      ? []
      : [stem, `${stem}e`, ...(/([bdfgklmnprstvz])\1$/.test(stem) ? [stem.slice(0, -1)] : [])];
  if (word.endsWith('ies') || word.endsWith('ied')) return [word, `${word.slice(0, -3)}y`, word.slice(0, -1)];
  if (word.endsWith('ing')) return [word, ...regular(stripped('ing'))];
  if (word.endsWith('ed')) return [word, ...regular(stripped('ed'))];
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return [word, stripped('es'), stripped('s')];
  if (word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return [word, stripped('s')];
  return [word];
}

/** Whether it is a verb in the past, as far as its form tells. */
export const isPast = (word: string): boolean => IRREGULAR_PAST.has(word) || /[^e]ed$/.test(word);
