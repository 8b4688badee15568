/** Emoji that stand for a word the packs know. The fruit are no words of English, so that a rule can tell them from fruit. */
export const EMOJI: ReadonlyMap<string, string> = new Map([
  ['\u{1f51e}', 'nsfw'],
  ['\u{1f346}', 'emojiaubergine'],
  ['\u{1f351}', 'emojipeach'],
  ['\u{1f352}', 'emojicherries'],
  ['\u{1f4a6}', 'emojisplash'],
  ['\u{1f445}', 'emojitongue'],
  ['\u{1f52a}', 'knife'],
  ['\u{1f5e1}', 'dagger'],
  ['\u{1f52b}', 'gun'],
  ['\u{1fa78}', 'blood'],
  ['\u{1f459}', 'bikini'],
  ['\u{1f467}', 'girl'],
  ['\u{1f466}', 'boy'],
  ['\u{1f476}', 'baby'],
  ['\u{1f480}', 'skull'],
]);
