/** The names of media formats: one row for each that we can tell from its bytes. */
import type { MediaKind } from '../catalog/model.ts';

export interface MediaFormat {
  /** As in a model's `formats`. */
  readonly name: string;
  /** What the container usually holds; an MP4 or WebM without a picture is audio all the same. */
  readonly kind: MediaKind;
  readonly mimeType: string;
  readonly extension: string;
  /** As a person writes it. */
  readonly label: string;
  /** `decoded`: every pixel is checked. `probed`: container and packets are. `named`: we only know what it is. */
  readonly depth: 'decoded' | 'probed' | 'named';
}

type Row = readonly [
  name: string,
  kind: MediaKind,
  mimeType: string,
  extension: string,
  label: string,
  depth: MediaFormat['depth'],
];

const ROWS: readonly Row[] = [
  ['jpeg', 'image', 'image/jpeg', 'jpg', 'JPEG', 'decoded'],
  ['png', 'image', 'image/png', 'png', 'PNG', 'decoded'],
  ['webp', 'image', 'image/webp', 'webp', 'WebP', 'decoded'],
  ['gif', 'image', 'image/gif', 'gif', 'GIF', 'decoded'],
  ['avif', 'image', 'image/avif', 'avif', 'AVIF', 'decoded'],
  ['tiff', 'image', 'image/tiff', 'tiff', 'TIFF', 'decoded'],
  ['heic', 'image', 'image/heic', 'heic', 'HEIC', 'decoded'],
  ['bmp', 'image', 'image/bmp', 'bmp', 'BMP', 'decoded'],
  ['ico', 'image', 'image/x-icon', 'ico', 'ICO', 'decoded'],
  ['svg', 'image', 'image/svg+xml', 'svg', 'SVG', 'named'],
  ['jxl', 'image', 'image/jxl', 'jxl', 'JPEG XL', 'named'],
  ['jp2', 'image', 'image/jp2', 'jp2', 'JPEG 2000', 'named'],
  ['psd', 'image', 'image/vnd.adobe.photoshop', 'psd', 'Photoshop', 'named'],
  ['mp4', 'video', 'video/mp4', 'mp4', 'MP4', 'probed'],
  ['mov', 'video', 'video/quicktime', 'mov', 'QuickTime', 'probed'],
  ['webm', 'video', 'video/webm', 'webm', 'WebM', 'probed'],
  ['mkv', 'video', 'video/matroska', 'mkv', 'Matroska', 'probed'],
  ['ts', 'video', 'video/mp2t', 'ts', 'MPEG-TS', 'probed'],
  ['avi', 'video', 'video/vnd.avi', 'avi', 'AVI', 'named'],
  ['wmv', 'video', 'video/x-ms-asf', 'wmv', 'Windows Media', 'named'],
  ['flv', 'video', 'video/x-flv', 'flv', 'Flash Video', 'named'],
  ['mpg', 'video', 'video/mpeg', 'mpg', 'MPEG-1/2', 'named'],
  ['mp3', 'audio', 'audio/mpeg', 'mp3', 'MP3', 'probed'],
  ['wav', 'audio', 'audio/wav', 'wav', 'WAV', 'probed'],
  ['ogg', 'audio', 'audio/ogg', 'ogg', 'Ogg', 'probed'],
  ['flac', 'audio', 'audio/flac', 'flac', 'FLAC', 'probed'],
  ['m4a', 'audio', 'audio/mp4', 'm4a', 'M4A', 'probed'],
  ['aac', 'audio', 'audio/aac', 'aac', 'AAC', 'probed'],
  ['aiff', 'audio', 'audio/aiff', 'aiff', 'AIFF', 'named'],
  ['amr', 'audio', 'audio/amr', 'amr', 'AMR', 'named'],
  ['midi', 'audio', 'audio/midi', 'mid', 'MIDI', 'named'],
];

const BY_NAME: ReadonlyMap<string, MediaFormat> = new Map(
  ROWS.map(([name, kind, mimeType, extension, label, depth]) => [
    name,
    { name, kind, mimeType, extension, label, depth },
  ]),
);

/** Where file-type's name for a thing differs from the table's. */
const SAME_AS: Readonly<Record<string, string>> = {
  // Any PNG reader shows its first frame.
  'image/apng': 'png',
  'image/heif': 'heic',
  'image/heic-sequence': 'heic',
  'image/heif-sequence': 'heic',
  'image/jpx': 'jp2',
  'image/jpm': 'jp2',
  'image/j2c': 'jp2',
  'video/x-m4v': 'mp4',
  'video/3gpp': 'mp4',
  'video/3gpp2': 'mp4',
  'video/x-matroska': 'mkv',
  'video/ogg': 'ogg',
  'video/MP1S': 'mpg',
  'video/MP2P': 'mpg',
  'audio/x-m4a': 'm4a',
  'audio/x-ms-asf': 'wmv',
};

const BY_MIME: ReadonlyMap<string, MediaFormat> = new Map([...BY_NAME.values()].map((f) => [f.mimeType, f]));

/** What people write in a configuration beside the table's names. */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  jpg: 'jpeg',
  tif: 'tiff',
  heif: 'heic',
  m4v: 'mp4',
  quicktime: 'mov',
  matroska: 'mkv',
  opus: 'ogg',
  oga: 'ogg',
};

export function formatNamed(name: string): MediaFormat | null {
  const plain = name.toLowerCase();
  return BY_NAME.get(ALSO_CALLED[plain] ?? plain) ?? null;
}

/** `audio/ogg; codecs=opus` and the like are read without their parameters. */
export function formatOfMimeType(mimeType: string): MediaFormat | null {
  const plain = mimeType.split(';', 1)[0]?.trim() ?? '';
  return BY_MIME.get(plain) ?? formatNamed(SAME_AS[plain] ?? '');
}

/** `mp4` for `video/mp4`, without the dot; `bin` for what the table does not know. */
export function fileExtension(mimeType: string): string {
  return formatOfMimeType(mimeType)?.extension ?? 'bin';
}

const NOUNS: Readonly<Record<MediaKind, string>> = { image: 'image', video: 'video', audio: 'audio file' };

/** "a JPEG image", "an MP4 video": for messages. `kind` is what it really holds, where that is known. */
export function describeFormat(name: string, kind?: MediaKind): string {
  const format = formatNamed(name);
  if (!format) return `a ${name} file`;
  const article = /^(A|E|I|O|MP|M4|FLV|SVG)/.test(format.label) ? 'an' : 'a';
  return `${article} ${format.label} ${NOUNS[kind ?? format.kind]}`;
}

/** "JPEG, PNG or WebP". */
export function listFormats(names: readonly string[]): string {
  const labels = names.map((name) => formatNamed(name)?.label ?? name);
  const last = labels.at(-1) ?? 'nothing';
  return labels.length < 2 ? last : `${labels.slice(0, -1).join(', ')} or ${last}`;
}

/** Pictures that are decoded, but not by libvips: see decode-foreign.ts. */
export type ForeignFormat = 'heic' | 'bmp' | 'ico';

export function isForeign(format: string): format is ForeignFormat {
  return format === 'heic' || format === 'bmp' || format === 'ico';
}
