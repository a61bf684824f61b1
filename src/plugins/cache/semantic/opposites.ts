/** Words that mean the opposite of each other, or exclude each other. */
import { lexicon } from './lexicon.ts';

/** Of computing and of everyday life, as far as WordNet has no antonyms for them. A line is a pair. */
const PAIRS: ReadonlySet<string> = new Set(
  `load save|disk memory|create delete|create remove|create destroy|add remove|add delete|append remove|insert delete|insert remove|save delete|keep delete|keep discard
upload download|read write|import export|push pull|input output|encode decode|encrypt decrypt|compress decompress|pack unpack|send receive
local remote|public private|internal external|source target|source destination|client server|row column|parent child|left right|top bottom
start end|begin finish|start finish|start stop|beginning end|beginning ending|open close|enable disable|enable prevent|allow prevent|allow forbid
allow prohibit|permit forbid|permit prohibit|allow deny|grant revoke|grant deny|accept reject|approve reject|accept decline|accept refuse
increase decrease|increase reduce|raise lower|rise fall|grow shrink|expand collapse|expand shrink|extend shorten|improve worsen|speed slow
load unload|install uninstall|lock unlock|mute unmute|attach detach|connect disconnect|subscribe unsubscribe|follow unfollow|mount unmount
buy sell|lend borrow|win lose|pass fail|gain lose|arrive depart|arrival departure|enter leave|enter exit|login logout|join leave|hire fire
true false|yes no|first last|previous next|old new|oldest newest|latest earliest|early late|high low|large small|big small|long short|tall short
easy hard|easy difficult|simple complex|cheap expensive|fast slow|quick slow|strong weak|heavy light|hot cold|warm cool|wet dry|full empty
same different|similar different|equal different|optional required|optional mandatory|optional necessary|optional essential|temporary permanent
synchronous asynchronous|static dynamic|automatic manual|automatically manually|horizontal vertical|ascending descending|minimum maximum
minimal maximal|upper lower|inner outer|front back|before after|inside outside|indoor outdoor|online offline|male female|man woman|husband wife
father mother|son daughter|brother sister|boy girl|king queen|buyer seller|teacher student|doctor patient|employer employee|landlord tenant
plaintiff defendant|lender borrower|supplier customer|developer user|administrator user|author reader|sender recipient|sender receiver
profit loss|income expense|revenue cost|asset liability|credit debit|debt savings|supply demand|export import|deposit withdraw|tax refund
gross net|wholesale retail|advantage disadvantage|benefit drawback|benefit risk|strength weakness|cause effect|question answer|success failure
day night|morning evening|morning afternoon|summer winter|spring autumn|north south|east west|northern southern|eastern western
hardware software|frontend backend|image audio|image text|audio text|video audio|image video|string number|integer float|train test|training test
training testing|training validation|training inference|validation test|positive negative|plus minus|single multiple|singular plural|odd even
adult child|adults children|major minor|majority minority|all none|include exclude|including excluding|include omit|show hide|reveal conceal
present absent|present past|past future|modern ancient|natural artificial|legal illegal|safe dangerous|safe unsafe|healthy unhealthy|rich poor
solid liquid|acid base|victim perpetrator|cat dog|gold silver|week month|month year|day week|hour minute|minute second|daily weekly|weekly monthly|monthly yearly|monthly annually|weekly annually|daily monthly|annual monthly`
    .split(/[|\n]/)
    .flatMap((pair) => {
      const [one = '', other = ''] = pair.split(' ');
      return [`${one} ${other}`, `${other} ${one}`];
    }),
);

/** Whether two words, of which each may be an inflected form of these, exclude each other. */
export const areOpposites = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((one) =>
    others.some(
      (other) =>
        PAIRS.has(`${one} ${other}`) ||
        lexicon().areAntonyms(one, other) ||
        areNegations(one, other) ||
        isOtherParticle(one, other),
    ),
  );

/** `turn_on` and `turn_off`. */
const isOtherParticle = (one: string, other: string): boolean =>
  one.includes('_') && other.includes('_') && one !== other && one.split('_')[0] === other.split('_')[0];

const areNegations = (one: string, other: string): boolean =>
  /^(?:un|in|im|ir|il|dis|non|mis|de)/.test(one.length > other.length ? one : other) &&
  (one.length > other.length ? one.endsWith(other) : other.endsWith(one)) &&
  Math.min(one.length, other.length) >= 4;
