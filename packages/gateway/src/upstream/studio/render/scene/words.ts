/** The words of a prompt that the studio knows. Everything it does not know only stirs the seed. */

export const places = [
  'mountains',
  'sea',
  'lake',
  'forest',
  'desert',
  'city',
  'meadow',
  'flowers',
  'space',
  'abstract',
] as const;
export type Place = (typeof places)[number];
export type TimeOfDay = 'dawn' | 'day' | 'sunset' | 'dusk' | 'night';
export type Weather = 'clear' | 'clouds' | 'rain' | 'snow' | 'fog' | 'storm' | 'aurora';
export type Mood = 'calm' | 'vivid' | 'pastel' | 'warm' | 'cold' | 'dark' | 'bright' | 'neon' | 'autumn';

export interface Hints {
  readonly places: readonly Place[];
  readonly times: readonly TimeOfDay[];
  readonly weathers: readonly Weather[];
  readonly moods: readonly Mood[];
  /** Hues named by colour words, in turns as in `oklch`. */
  readonly hues: readonly number[];
}

type Lexicon<T extends string> = readonly (readonly [T, RegExp])[];

const placeWords: Lexicon<Place> = [
  [
    'space',
    words(
      'space|galax(y|ies)|nebula|cosm(os|ic)|planet|universe|milky way|starship|orbit|astronaut',
      '太空|宇宙|星系|星云|银河|行星',
    ),
  ],
  [
    'abstract',
    words(
      'abstract|pattern|fluid|silk|swirl|gradient|geometr(y|ic)|wallpaper|texture|waves of colou?r|flow(ing)? (lines|colou?rs)|music|dream',
      '抽象|流体|渐变|丝绸|纹理',
    ),
  ],
  [
    'flowers',
    words(
      'flower|rose|tulip|bouquet|daisy|daisies|petal|blossom|poppy|poppies|lotus|orchid|sunflower|garden',
      '花|玫瑰|郁金香|莲',
    ),
  ],
  [
    'city',
    words(
      'city|cities|skyline|skyscraper|building|town|street|cyberpunk|tokyo|new york|shanghai|downtown|urban',
      '城市|都市|高楼|街',
    ),
  ],
  ['desert', words('desert|dune|sahara|sand|oasis|camel|mars', '沙漠|沙丘')],
  [
    'sea',
    words(
      'sea|ocean|beach|coast|wave|surf|shore|sail(ing|boat)?|ship|boat|island|whale|dolphin',
      '海|沙滩|波浪|岛',
    ),
  ],
  ['lake', words('lake|river|pond|fjord|reflection|water|swan', '湖|河|倒影|水')],
  ['forest', words('forest|tree|wood|woodland|pine|jungle|fir|fox|deer|bear|owl', '森林|树|林')],
  [
    'mountains',
    words('mountain|peak|alps?|cliff|valley|hill|canyon|volcano|summit|everest|landscape', '山|峰|峡谷'),
  ],
  [
    'meadow',
    words('meadow|field|grass|prairie|pasture|countryside|farm|horse|sheep|cow', '草原|草地|田野|田园'),
  ],
];

const timeWords: Lexicon<TimeOfDay> = [
  ['sunset', words('sunset|golden hour|evening|sundown', '日落|夕阳|黄昏|傍晚')],
  ['dawn', words('dawn|sunrise|morning|daybreak', '日出|黎明|清晨|早晨')],
  ['dusk', words('dusk|twilight|blue hour', '暮色|薄暮')],
  ['night', words('night|midnight|moon(lit|light)?|star(s|ry|light)?|nocturnal', '夜|月|星空')],
  ['day', words('day(light|time)?|noon|sunny|blue sky|afternoon|summer', '白天|正午|晴|蓝天')],
];

const weatherWords: Lexicon<Weather> = [
  ['aurora', words('aurora|northern lights|polar lights', '极光')],
  ['storm', words('storm(y)?|thunder|lightning|tempest', '暴风|雷|风暴')],
  ['rain', words('rain(y|ing)?|drizzle|shower|wet', '雨')],
  ['snow', words('snow(y|ing|fall)?|winter|blizzard|ice|icy|frozen|christmas|glacier', '雪|冬|冰')],
  ['fog', words('fog(gy)?|mist(y)?|haze|hazy', '雾|霾')],
  ['clouds', words('clouds?|cloudy|overcast', '云')],
  ['clear', words('clear|cloudless', '晴朗|万里无云')],
];

const moodWords: Lexicon<Mood> = [
  [
    'calm',
    words('calm|peaceful|serene|quiet|gentle|soft|minimal(ist)?|zen|relax(ed|ing)?', '宁静|平静|安静|柔和'),
  ],
  ['vivid', words('vivid|vibrant|colou?rful|saturated|bold|rainbow|psychedelic', '鲜艳|缤纷|彩虹')],
  ['pastel', words('pastel|cute|delicate|dreamy|kawaii', '粉彩|可爱|梦幻')],
  ['warm', words('warm|cozy|cosy|hot|fire|fiery', '温暖|火')],
  ['cold', words('cold|cool|chill|arctic|polar', '寒冷|冷')],
  ['dark', words('dark|moody|gloomy|sad|mysterious|noir|lonely|horror', '黑暗|忧伤|神秘|孤独')],
  ['bright', words('bright|happy|cheerful|joy(ful)?|light|fresh', '明亮|快乐|欢快')],
  ['neon', words('neon|cyberpunk|synthwave|vaporwave|retrowave|futuristic', '霓虹|赛博')],
  ['autumn', words('autumn|fall leaves|october|maple', '秋|枫')],
];

export const green = 0.4;

const hueWords: readonly (readonly [number, RegExp])[] = [
  [0.08, words('red|crimson|scarlet|ruby', '红')],
  [0.15, words('orange|amber|copper|tangerine', '橙|橘')],
  [0.25, words('yellow|gold(en)?|honey', '黄|金')],
  [green, words('green|emerald|olive|mint|jade', '绿|翠')],
  [0.53, words('teal|turquoise|cyan|aqua', '青')],
  [0.71, words('blue|azure|navy|sapphire|indigo', '蓝')],
  [0.83, words('purple|violet|lavender|lilac', '紫')],
  [0.98, words('pink|magenta|fuchsia|rose', '粉')],
];

/** English words stand alone, with an optional plural s; Han words are found anywhere, as there are no gaps between them. */
function words(english: string, han: string): RegExp {
  return new RegExp(`\\b(?:${english})s?\\b|${han}`, 'i');
}

/** What the prompt names, in the order in which it does: what comes first is what the picture is of. */
function found<T>(lexicon: readonly (readonly [T, RegExp])[], prompt: string): T[] {
  return lexicon
    .map(([word, pattern]) => ({ word, at: prompt.search(pattern) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .map(({ word }) => word);
}

export function readHints(prompt: string): Hints {
  return {
    places: found(placeWords, prompt),
    times: found(timeWords, prompt),
    weathers: found(weatherWords, prompt),
    moods: found(moodWords, prompt),
    hues: found(hueWords, prompt),
  };
}
