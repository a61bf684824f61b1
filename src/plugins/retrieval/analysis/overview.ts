/** Recognises questions about a document as a whole: its topic, a summary. No passage matches the words of such a question. */
import { tokenize } from './tokens.ts';
import { simplified } from './traditional.ts';

/** Words that mark such a question. */
const CUE =
  /\b(?:about|summar\w*|overview|outline|tl;?dr|gist|abstract|takeaways?|main|key|topics?|contents?|say|says|contain|contains|cover|covers|describe|explain|discuss\w*|(?:purpose|kind|type|in) (?:of |is )?(?:this|the|these) (?:documents?|files?|papers?|reports?|texts?|books?)|(?:kind|type) of (?:documents?|files?)|sum (?:it|this|that|all|everything|up)|upload(?:ed)?|in here|worum|zusammen\w*|inhalt|überblick|handelt)\b|总结|小结|概括|概述|概要|摘要|大意|介绍|要点|重点|归纳|梳理|主题|主旨|内容|关于|讲|说|写|是什么/i;

/** Words that name a document or ask for a summary, and nothing else. */
const GENERIC = `summarise summarize summary summaries summarization overview outline outlines sum tldr tl dr gist abstract main key important
  point points takeaway takeaways idea ideas topic topics subject content contents theme
  document documents doc docs file files paper papers report reports article text texts pdf book contract attachment upload uploaded manual
  page pages presentation slides deck note notes memo letter guide handbook
  purpose kind type sort
  about describe description explain explains tell give write make provide need want short brief briefly quick quickly long whole entire general
  overall read say says contain contains cover covers deal deals discuss discusses please sentence sentences paragraph bullet bullets word words
  one two three four five 1 2 3 4 5 10 50 100 all everything here up did can could
  worum geht gehen handelt fasse fass zusammen zusammenfassen zusammenfassung inhalt überblick dokument datei bericht hier kurz kurze bitte
  gib mir einen eine ein es das dies dieses diesem dieser dem der den die in im von über ist was steht`;
let generic: ReadonlySet<string> | undefined;
/** Made at the first such question: to find the stems of all of them takes 30 ms. */
const isGeneric = (token: string): boolean => {
  generic ??= new Set(tokenize(GENERIC));
  return generic.has(token);
};
const GENERIC_CJK =
  /总结|小结|概括|概述|概要|摘要|大意|介绍|要点|重点|归纳|梳理|主题|主旨|主要|内容|关于|文件|文档|文章|报告|合同|资料|论文|材料|手册|附件|全文|书|请问|请|帮我|帮忙|给我|一下|用|[几一二两三四五六七八九十\d]+(?:句话?|段话?|点|百字|个字)|故事|一|简单|简要|简短|什么|哪些|怎么|啥|这些|那些|这|那|该|本|份|个|篇|部|章|里面|里|中|上|面|讲述|讲|说明|说|写|做|是|的|了|吗|呢|吧|啊|有|在|都|和|与|我|你|您|我们|想|要|能|可以|下|出|来|把|对|进行|告诉|知道|到底|究竟|哪|些|大概|大致|整体/g;

export function asksForOverview(question: string): boolean {
  const asked = simplified(question.normalize('NFKC'));
  if (asked.length > LONGEST || !CUE.test(asked)) return false;
  const rest = asked.replace(GENERIC_CJK, ' ');
  return tokenize(rest).every(isGeneric);
}

/** UTF-16 code units: such a question has few words. */
const LONGEST = 200;
