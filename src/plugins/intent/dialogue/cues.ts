/** Phrases that show what a message does in a conversation, in English and Chinese. The classifier learns their weights. */

import { remembered } from '#core/text/remembered.ts';
import { ONE_MESSAGE, readable } from '../classifier/tokens.ts';

const CUES = {
  continues: [
    /\b(?:continue|go on|carry on|keep (?:going|on)|proceed|resume|next (?:one|step|part|section|chapter)|pick(?:ing)? up where|where (?:we|you) left off|(?:go|get|come|back|return)(?:ing)? (?:back )?to (?:the|our|your|what|that|my)\b.{0,40}\b(?:topic|discussion|conversation|earlier|before|subject)|as (?:we|you) (?:discussed|said|mentioned)|earlier topic|previous topic|more of (?:this|that|the same))\b/,
    /继续|接着(?:说|讲|写|聊|来|做|上面|刚才|往下|前面|之前)|往下(?:说|讲|写|做)|(?:上面|刚才|之前|前面|上次|先前)的?(?:那个|这个)?(?:话题|内容|讨论|问题|任务|对话)|下一(?:步|个|段|章|节|页|条)|回到(?:刚才|之前|上面|正题|原来)|接下来(?:呢|怎么|做|该)/,
  ],
  edits: [
    /\b(?:(?:make|keep) (?:it|this|that|them)|rewrite|rephrase|reword|shorten|simplify|condense|summari[sz]e (?:it|this|that|your|the above)|(?:your|the) (?:previous|last|above|first) (?:response|answer|reply|version|message|paragraph|suggestion)|add (?:a|an|some|more|another|it)|turn (?:it|this|that) into|try again|again but|instead of|the (?:second|third|first|last) (?:one|option|point|item|paragraph))\b/,
    /(?:写|改|缩|说|讲|弄|变|做)得?(?:再)?(?:短|长|简单|简洁|详细|正式|口语|通俗|生动|专业)(?:一?点|一?些)?|(?:改|换)成|改(?:写|一下|短|长)|再(?:写|加|来|给|补充|举|改|短|长|简|详|生成|做|试|列|说)|重新?(?:写|来|生成|说|做|组织)|精简|缩(?:写|短)|润色|扩(?:写|展)|第[一二三四五六七八九十\d]+(?:个|点|段|条|步|项|种)|加(?:上|入|一)|换(?:一种|个)(?:说法|方式|语气|风格)|上一(?:个|条|段|版)/,
  ],
  switches: [
    /\b(?:(?:chang|switch)(?:e|ing)? (?:the |of )?(?:subject|topic|gears|track)s?|(?:new|different|another|unrelated) (?:topic|subject|question|matter|thing)|(?:on|in) (?:a|an) ?(?:different|another|unrelated|completely different) (?:note|subject|topic)|on another note|by the way|btw|moving on|let'?s (?:talk|move|chat|discuss|switch)\b.{0,20}(?:about|else|on to|something)|something (?:else|different)|unrelated|off topic|(?:enough|forget) (?:about|of) (?:that|this|it)|(?:leave|put|set) (?:that|this|it) aside)\b/,
    /换(?:个|一个|种)?(?:话题|题目|主题|问题)|(?:说|聊|谈|问|讲)(?:点|些|一?下)?(?:别的|其他|其它)|另(?:外)?(?:一个|问|有个|想问)(?:话题|问题|事)?|先不(?:说|聊|管|谈|提|讨论)|(?:这个|这事)先(?:放|不)|不(?:说|聊|谈)这个了|顺便(?:问|说|提)|^对了|话说(?:回来)?|题外话|转(?:到|移)?(?:一下)?话题|我们?(?:来)?(?:聊聊|谈谈|说说)(?!看)/,
  ],
  clarifies: [
    /\b(?:what (?:do|did) you mean|what (?:does|do|did) (?:that|this|it|those) mean|(?:do|did|don'?t|didn'?t|not) (?:quite |really |fully |you )?(?:understand|follow|get (?:it|that|what|the))|(?:can|could|would) you (?:please )?(?:clarify|elaborate|explain (?:that|it|this|what|more|the)|be more (?:specific|clear))|clarify|elaborate|(?:do|did) you mean|you mean|are you saying|in (?:other|simple|plain|simpler) words|(?:i'?m|i am) (?:confused|lost|not sure (?:i|what))|for example\?|such as\?|like what|how so|meaning\?|which one do you mean|unclear|say that again|come again|pardon)\b/,
    /什么意思|啥意思|(?:没|不)(?:太|大|怎么)?(?:听|看|搞|弄)?(?:懂|明白|理解|清楚)|(?:你|您)(?:的意思)?(?:是|指)(?:说|的是|什么|哪)|(?:你|您)的意思是|(?:再|能|可以|请)?(?:解释|说明|阐述|澄清)(?:一下|清楚|下)?(?:你|刚才|上面|这|那|吗|$)|(?:具体|详细)(?:一?点|一?些|说说|说一下|讲讲|是指|指)|(?:比如|例如)(?:说|呢|哪些)?[?？]?$|举个?例|怎么理解|何出此言|为什么这么说|(?:哪|那)个意思|说清楚|一头雾水|糊涂/,
  ],
  corrects: [
    /(?:^|[.!,;] ?)(?:no|nope|wrong|incorrect|actually|sorry|correction|wait|hmm)\b[,.!: ]|\b(?:(?:that|this|it|you)(?:'?s| is|'?re| are| was| were)? (?:not (?:right|correct|true|accurate|what i)|wrong|incorrect|mistaken|inaccurate|a mistake)|(?:isn'?t|aren'?t|wasn'?t) (?:right|correct|true|accurate|what i)|not what i (?:asked|meant|said|wanted)|i (?:meant|said|was asking|asked (?:for|about)|actually (?:meant|want|said))|you (?:misunderstood|misread|got (?:it|that) wrong|made (?:a|an) (?:mistake|error)|forgot|missed)|should (?:be|have been)\b.{0,30}\b(?:not|instead)|are you sure|(?:i )?(?:think|believe) (?:you|there|that|your)\b.{0,30}\b(?:wrong|mistake|error|incorrect)|there(?:'?s| is) (?:a|an) (?:mistake|error)|not .{1,30}, but|let me (?:correct|rephrase)|double[- ]check)\b/,
    /^(?:不|不是|不对|错|错了|非也|等等|等一下)(?:[,，。!！、 ]|啊|的|呀|吧|$)|不对|错了|(?:有|是)(?:错误|误)|(?:说|写|弄|搞|理解|算|答|讲|记|看)错|我(?:说|指|问|要|想问|想说|想要|的意思)的?是|我不是(?:问|说|要|指|这个)|不是这个意思|应该是|(?:更|纠|改)正|不是.{1,20}[,，、]?(?:而)?是|你(?:误会|误解|漏了|忘了|确定)|(?:答非所问|不准确|不正确|搞反|弄反|说反)|其实(?:是|不是|应该)/,
  ],
  judges: [
    /\b(?:(?:great|good|nice|excellent|awesome|amazing|perfect|brilliant|fantastic|wonderful|terrible|bad|awful|poor|useless|lousy) (?:job|work|answer|response|explanation|summary|one|stuff|advice|point|suggestion)|well done|(?:that|this|it|you)(?:'?s| is| was|'?ve| have| were| are)? (?:very |really |so |super |quite |not |been |extremely |incredibly )*(?:helpful|useful|great|perfect|awesome|amazing|excellent|useless|unhelpful|terrible|awful|brilliant|disappointing|confusing|too (?:long|short|vague|complicated)|exactly what)|(?:exactly|just) what i (?:needed|wanted|was looking for)|(?:helped|helps) (?:me )?(?:a lot|so much|understand)|(?:doesn'?t|didn'?t|does not|did not|not) help(?:ful)?|love (?:it|this|that|your|the)|(?:i )?(?:like|hate|dislike|don'?t like) (?:this|that|your|the|it)\b|(?:thumbs|five stars|10\/10)|works (?:great|perfectly|now|like)|waste of|impress(?:ed|ive)|disappoint(?:ed|ing)|that makes sense|fascinating|interesting)\b/,
    /(?:回答|解释|总结|写|说|讲|答|建议|翻译|内容|答案)得?(?:很|太|真|非常|挺|特别|不|有点|比较|十分)+(?:好|棒|到位|清楚|详细|专业|差|烂|糟|全面|准确|有用|错|赞|啰嗦|长|短|笼统|敷衍|怎么样)|(?:很|太|真|非常|挺|特别|没什么|没|十分)(?:有)?(?:用|帮助|棒|赞|厉害|满意|喜欢|失望|完美|精彩|牛|糟糕|敷衍|好了|啰嗦|有道理|有意思)|(?:帮|帮助)了?(?:我|了)?(?:大忙|很多|不少)|不错|点赞|好评|差评|(?:没|毫无|没有|没什么)(?:用|帮助)|太(?:长|短|复杂|简单|啰嗦|笼统|泛)了|正是我(?:想|要|需)|满意|失望|给力|牛(?:啊|逼|掰)?$/,
  ],
  leaves: [
    /\b(?:good ?bye|bye(?:[- ]bye)?|see (?:you|ya)(?: (?:later|soon|tomorrow|around|next))?|talk (?:to you )?(?:later|soon|tomorrow)|good ?night|take care|farewell|so long|(?:i )?(?:have|need|got|gotta|must|should) (?:to )?(?:go|run|leave|head out)\b(?: now)?(?:[.!,]|$)|signing off|that'?s (?:all|it)(?: for (?:now|today))?|catch you later|until next time|cya|ttyl|have a (?:good|great|nice|lovely) (?:day|one|night|evening|weekend)|i'?m (?:off|done|leaving)|over and out)\b/,
    /再见|拜拜|拜了|回见|回头(?:见|聊)|(?:下次|改天|明天|明儿|待会儿?|一会儿?|以后|下回)(?:再)?(?:见|聊|说|来)|晚安|告辞|(?:先|就)(?:走|撤|下|到这|这样|聊到这|说到这)(?:了|里|儿|吧)*|(?:我)?(?:要|得|该)(?:走|下线|睡觉?|休息|去忙)了|(?:没|没有)(?:别的|其他|什么)?(?:问题|事)了|^(?:88|886|bye)|保重|祝(?:你|您).{0,6}(?:愉快|顺利)|不聊了|后会有期|失陪/,
  ],
  chats: [
    /^(?:hi|hey|hello|howdy|yo|hiya|greetings|good (?:morning|afternoon|evening|day))\b|\b(?:how (?:are|r) (?:you|u|things)|how(?:'?s| is) it going|how have you been|what'?s (?:up|new|your name)|who (?:are|made|created|built) you|are you (?:a |an )?(?:there|bot|robot|human|real|ai|person|alive|ok|happy|married)|(?:where|how old|what) are you(?: from| called| up to| doing)?\s*(?:\?|$|today)|nice to meet you|pleased to meet|thank(?:s| you)|thx|cheers|much appreciated|you'?re welcome|lol|haha+|i'?m (?:bored|tired|happy|sad|fine|good|great|back)|do you (?:have|like|love|enjoy|sleep|dream|eat|feel)\b|tell me (?:a joke|about yourself|something (?:funny|fun|interesting))|(?:what|how) (?:about|do) you\s*(?:do|think|like)?\s*\?|your (?:hobb(?:y|ies)|favou?rite|name|birthday|age))/,
    /^(?:你|您|大家)好|^(?:嗨|哈喽|哈罗|嘿|喂|在吗|在不在|在么|早|早安|早上好|上午好|中午好|下午好|晚上好|午安|hello|hi)|(?:最近|近来|今天|过得|心情)(?:怎么样|好吗|如何|还好吗|咋样)[啊呀呢]?[?？!！。]*$|你(?:是谁|叫什么|几岁|多大|是(?:不是)?(?:机器人|真人|人|ai)|从哪|喜欢|会不会|有没有(?:女|男|朋友|感情)|在干|在做什么|干嘛|吃|睡|累|开心|无聊)|(?:哈|嘿|呵|嘻){2,}|谢谢|多谢|感谢|谢了|谢啦|不客气|辛苦(?:你|了)|吃了吗|好无聊|(?:陪|跟|和)我(?:聊|说说话)|讲个?笑话|很高兴认识|天气真好|我(?:今天)?(?:好|很|真|有点)(?:累|困|开心|无聊|难过|高兴|烦|饿)|哎|唉|嗯嗯|好的?呀/,
  ],
  confirms: [
    /^(?:yes|yeah|yep|yup|sure|ok(?:ay)?|alright|of course|please do|go ahead|sounds good|no thanks?|not really|maybe|absolutely|exactly|right|correct|definitely|i (?:think so|agree|see)|the (?:first|second|last|former|latter) one)\b/,
    /^(?:是的?|对的?|好的?|行|可以|嗯+|没错|当然|不用了?|不要了?|不是|随便|都行|要|需要|不需要|没问题|同意|就这个|第[一二三]个)[啊吧呀呢的了,，。!！ ]*/,
  ],
  asks: [
    /\?|^(?:\W|so |and |but |well |ok(?:ay)?,? |please )*(?:what|who|whom|whose|when|where|why|which|how|is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might|isn't|aren't|don't|doesn't)\b|\b(?:what(?:'s| is| are)|how (?:do|does|can|to|much|many|long|far|old)|tell me (?:about|what|how|why|when|where|who|which)|(?:do you|i(?:'d| would)? (?:like|want) to|need to) know|wondering|explain)\b/,
    /[?？]|[吗么呢]\s*[。.!！]?$|什么|怎么|怎样|如何|为什么|为何|为啥|哪|多少|多久|多远|多大|多高|几(?:个|点|天|号|时|年|种|岁)|谁|是不是|是否|有没有|能不能|可不可以|会不会|对不对|区别|(?:介绍|讲|说|科普|解释)(?:一下|下|介绍)|啥|咋|请问|想(?:知道|了解|问)/,
  ],
  makes: [
    /\b(?:(?:write|draft|compose|create|design|develop|build|generate|produce|plan|prepare|implement|program|code|outline|brainstorm|craft|invent|construct|devise|organi[sz]e|research|analy[sz]e|compare|evaluate|review|debug|refactor) (?:me |us |up )?(?:a|an|the|some|my|our|this|ten|five|three|\d+|two|four)\b|help (?:me |us )?(?:to )?(?:write|draft|plan|design|build|create|make|prepare|with|organi[sz]e|decide|develop|debug|understand|choose|find|figure|improve|learn|study)|i (?:need|want|would like|'d like|have|am trying|'m trying|'m working|am working) (?:you )?(?:help|to|a|an|on|some)\b|i'?m (?:planning|writing|working|trying|looking|thinking|preparing|building)|imagine (?:you|that)|act as|pretend|you are (?:a|an)\b|suppose you|role ?play)/,
    /(?:帮|给|替|为)我?(?:们)?(?:写|做|拟|策划|设计|制定|规划|生成|起草|编|创作|准备|整理|分析|想|画|出|开发|构思|撰写|搭建|推荐|找)|(?:写|编|拟|做|画|设计|制定|起草|创作|策划|撰写|生成|开发|构思|实现|搭建)(?:一)?(?:个|份|篇|首|封|段|套|张|则|幅|本|款|句|下)|我(?:想|要|需要|打算|准备|正在|计划)(?:写|做|开发|设计|制定|策划|学|准备|规划|搭|建|创|办|申请|去|找|买|订|实现|研究)|(?:需要|想要)(?:一)?(?:个|份|篇|套)|请?(?:扮演|假设|假如你是|你是一(?:名|个|位))/,
  ],
  orders: [
    /^(?:please |can you |could you |would you |hey,? |now |just )*(?:open|close|turn|set|play|stop|start|pause|delete|remove|show|list|send|call|add|book|cancel|remind|schedule|translate|convert|calculate|search|find|sort|format|print|save|copy|move|rename|run|execute|order|buy|skip|mute|enable|disable|update|check|mark|wake|put|give|name|classify|identify|extract|count|replace|fix|edit|reply|answer|use|switch on|switch off|repeat|read|increase|decrease|reset|clear|upload|download|install|rate|change|text|transfer|pay|order|lower|raise|select|pick|choose|look up|navigate|take|get|make|track|share|dim|unlock|lock)\b/,
    /(?:打开|关闭|关掉|关上|开启|播放|暂停|停止|删除|删掉|删了|移除|显示|列出|列举|发送|发给|打电话|呼叫|添加|预订|预定|取消|提醒我|设(?:置|定|一?个)|安排|翻译|换算|转换|计算|搜索|查找|查询|查一?下|排序|格式化|打印|保存|复制|移动|重命名|运行|执行|启动|跳过|静音|调(?:高|低|大|小|到|整)|重置|清空|清除|上传|下载|安装|导出|导入|切换|叫醒|记(?:下|一下)|用(?:中文|英文|英语|日文|日语|法语|一句话|表格|json)(?:来)?(?:回答|回复|说|写|输出)|把.{1,20}(?:改|换|翻|变|删|移|放|转|打|关|调|加|设|列|发))/,
  ],
} as const satisfies Record<string, readonly RegExp[]>;

export type Cue = keyof typeof CUES;
export const CUE_NAMES = Object.keys(CUES) as readonly Cue[];

/** The cues of a text, in the order of the table. It is lower case, in NFKC. */
export const cuesOf = (text: string): readonly Cue[] =>
  CUE_NAMES.filter((name) => CUES[name].some((pattern) => pattern.test(text)));

/** The cues of a message as it was written. */
export const cuesOfMessage: (message: string) => readonly Cue[] = remembered(
  (message) => cuesOf(readable(message).trim().toLowerCase()),
  ONE_MESSAGE,
);
