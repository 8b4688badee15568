/**
 * Texts and machine codes cut into words, for the matcher in `phrases.ts`. Scripts without spaces between words (Chinese, Japanese,
 * Korean) are kept whole instead, traditional characters turned into simplified ones, so that one pattern serves both.
 */

/** Between two strings of one answer: no pattern reaches across. */
export const BARRIER = '\n';

/** Words that say nothing: neither a pattern nor a text keeps them, so "the file is too long" is `file too long`. */
export const FILLERS: ReadonlySet<string> = new Set([
  'the',
  'a',
  'an',
  'is',
  'are',
  'was',
  'were',
  'be',
  'been',
]);

export interface Words {
  readonly list: readonly string[];
  /** The text itself in lower case, for patterns in Chinese, Japanese and Korean; empty where it has none of these. */
  readonly script: string;
}

function addWord(word: string, out: string[]): void {
  if (word.length > 4 || !FILLERS.has(word)) out.push(word);
  const first = word.charCodeAt(0);
  // "100MB" is also said "100 MB", and "64x64" is pixels.
  if (first >= 48 && first <= 57) addUnit(word, out);
}

function addUnit(word: string, out: string[]): void {
  const unit = /^\d+((?:[kmg]i?)?b|px|sec|fps)$/.exec(word)?.[1];
  if (unit !== undefined) out.push(unit);
  else if (/^\d+x\d+$/.test(word)) out.push('px');
}

/** The words of all codes, a barrier after each. */
export function wordsOfCodes(codes: readonly string[]): Words {
  const list: string[] = [];
  for (const code of codes) {
    addCode(code, list);
    list.push(BARRIER);
  }
  return { list, script: '' };
}

/** "content[2].image_url: invalid param": the path of a field is no statement about an address. */
const URL_FIELD = /(?<![\w.])[a-zA-Z]\w*(?:\[\d+\]|\.)[\w.[\]]*[uU]r(?:ls?|i)(?:\[\d+\])?(?=: )/g;

/** Cheap, and true of every sentence that the pattern above can match. */
function namesUrlField(text: string): boolean {
  if (!text.includes(': ')) return false;
  return text.includes('rl: ') || text.includes('ri: ') || text.includes('ls: ') || text.includes(']: ');
}

/** The words of all sentences, a barrier after each. */
export function wordsOfSentences(sentences: readonly string[]): Words {
  const list: string[] = [];
  let script = '';
  for (const sentence of sentences) {
    addSentence(namesUrlField(sentence) ? sentence.replace(URL_FIELD, ' image ') : sentence, list);
    list.push(BARRIER);
    if (hasScript(sentence)) script += `${scriptOf(sentence)}\n`;
  }
  return { list, script };
}

/** The words of a sentence, lower case. Apostrophes vanish: "isn't" is `isnt`. */
export function addSentence(text: string, out: string[]): void {
  const lower = text.toLowerCase();
  let start = -1;
  for (let at = 0; at <= lower.length; at++) {
    const unit = at < lower.length ? lower.charCodeAt(at) : 32;
    // a-z, 0-9 and everything beyond ASCII but the typographic marks make a word
    if ((unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit > 127 && !isMark(unit))) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      if (unit === 39 && lower.charCodeAt(at + 1) >= 97) {
        const end = wordEnd(lower, at + 1);
        out.push(lower.slice(start, at) + lower.slice(at + 1, end));
        at = end - 1;
      } else {
        addWord(lower.slice(start, at), out);
      }
      start = -1;
    }
  }
}

/** Typographic quotes and dashes, and the punctuation of Chinese. */
function isMark(unit: number): boolean {
  return (
    (unit >= 0x2000 && unit <= 0x206f) ||
    (unit >= 0x3000 && unit <= 0x303f) ||
    (unit >= 0xff00 && unit <= 0xff65)
  );
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) >= 97 && text.charCodeAt(at) <= 122) at++;
  return at;
}

/** The words of a machine code, however it is spelled: `RateLimitExceeded`, `RATE_LIMIT`, `rate-limit`, `imagine:blocked`. */
export function addCode(code: string, out: string[]): void {
  let start = 0;
  for (let at = 0; at <= code.length; at++) {
    const kind = at < code.length ? kindOf(code.charCodeAt(at)) : 0;
    if (kind !== 0) {
      if (kind === 1 && at > start && startsWord(code, at)) {
        addWord(code.slice(start, at).toLowerCase(), out);
        start = at;
      }
      continue;
    }
    if (at > start) addWord(code.slice(start, at).toLowerCase(), out);
    start = at + 1;
  }
}

/** 0 separator, 1 upper case, 2 everything else. */
function kindOf(unit: number): number {
  if (unit >= 65 && unit <= 90) return 1;
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit > 127 ? 2 : 0;
}

/** A capital after a small letter, or the last of several capitals: `Rate|Limit`, `RPM|Exceeded`. */
function startsWord(code: string, at: number): boolean {
  if (kindOf(code.charCodeAt(at - 1)) === 2) return true;
  return at + 1 < code.length && kindOf(code.charCodeAt(at + 1)) === 2 && code.charCodeAt(at + 1) > 90;
}

/** Whether a text has a Chinese character, kana or hangul. */
export function hasScript(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if ((unit >= 0x3040 && unit <= 0x30ff) || (unit >= 0x3400 && unit <= 0x9fff)) return true;
    if (unit >= 0xac00 && unit <= 0xd7af) return true;
  }
  return false;
}

/** Pairs of a traditional character and the simplified one, of the words that errors are made of. */
const PAIRS = `餘余額额圖图請请內内審审詞词過过頻频時时間间載载負负應应無无連连線线錯错誤误參参數数權权帳账戶户號号檔档寬宽產产務务達达並并發发隊队滿满擁拥
  擠挤違违規规儲储認认證证驗验鑰钥憑凭鏈链壓压縮缩損损壞坏獲获結结終终斷断維维護护實实關关閉闭開开啟启沒没還还長长體体類类聲声視视訊讯費费點点積积
  幣币購购買买級级計计劃划畫画質质讀读來来傳传輸输處处異异網网絡络暫暂試试後后聯联係系單单見见圍围範范檢检測测與与為为標标轉转碼码對对選选項项條条約约
  兒儿態态據据優优換换組组給给總总繼继續续擇择戰战隱隐臉脸藝艺評评論论議议誰谁談谈調调變变頭头題题顯显驟骤廣广庫库廳厅彈弹從从復复徵征憂忧慮虑執执
  掃扫採采擔担擴扩擾扰攔拦斂敛曉晓會会權权機机檻槛歡欢歷历殘残毀毁氣气滅灭滯滞漢汉潰溃灣湾爭争狀状獨独環环畢毕當当療疗盡尽監监確确礎础禮礼種种穩稳
  竊窃節节簡简籤签紅红級级紀纪細细絕绝統统經经綁绑緊紧縱纵織织罰罚職职聽听臨临舊旧蓋盖號号術术補补製制複复詳详該该誘诱語语說说資资賬账賴赖贊赞軟软較较輕轻
  輯辑辦办農农進进遠远適适遲迟郵邮釋释鎖锁鏡镜錄录鍵键鐘钟門门陣阵隨随險险難难電电靜静響响頁页順顺預预領领顏颜願愿風风飽饱餐餐駁驳驗验體体高高`;
const SIMPLIFIED: ReadonlyMap<string, string> = new Map(
  PAIRS.replaceAll(/\s/g, '')
    .match(/../gu)
    ?.map((pair) => [pair.charAt(0), pair.charAt(1)] as const) ?? [],
);

/** The text as patterns expect it: lower case, simplified characters. */
export function scriptOf(text: string): string {
  let simplified = '';
  for (const character of text.toLowerCase()) simplified += SIMPLIFIED.get(character) ?? character;
  return simplified;
}
