/**
 * AWS Rekognition: moderation labels, and faces with the names of public figures, in two calls side by side. Pictures only.
 * Facts: the API reference of DetectModerationLabels and RecognizeCelebrities, and the developer guide's list of labels.
 *
 * What it says of faces is used twice: a known one is `celebrity_likeness`, any one is `photorealistic_people`, less where the
 * picture is called animated or illustrated.
 */
import { type Static, Type } from 'typebox';
import type { Clock } from '../../clock.ts';
import { guard } from '../../guard.ts';
import type { Detector } from '../detector.ts';
import {
  type Asked,
  ask,
  failed,
  findingsOf,
  type HostedCaller,
  type Opinion,
  plainName,
  ruleName,
  UNREADABLE,
} from './ask.ts';
import { fitPicture } from './fit-picture.ts';
import { weightOf } from './rekognition-labels.ts';
import { type AwsCredentials, signedHeaders } from './sign-aws.ts';

export interface RekognitionSettings extends AwsCredentials {
  /** Default `https://rekognition.<region>.amazonaws.com`. */
  readonly baseUrl?: string;
  /** Whether faces are looked for, which is a second paid call a picture. Default true. */
  readonly faces?: boolean;
}

const NAME = 'rekognition';
/** Below its own default of 50, so that thresholds can be lower. In percent. */
const LEAST_CONFIDENCE = 30;

const Percent = Type.Number();
const Labels = Type.Object({
  ModerationLabels: Type.Array(
    Type.Object({
      Name: Type.String(),
      ParentName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      Confidence: Percent,
    }),
  ),
  ContentTypes: Type.Optional(Type.Array(Type.Object({ Name: Type.String(), Confidence: Percent }))),
});
type Labels = Static<typeof Labels>;

const Face = Type.Object({ Confidence: Percent });
const Faces = Type.Object({
  CelebrityFaces: Type.Array(
    Type.Object({ Id: Type.String(), Name: Type.String(), MatchConfidence: Percent, Face }),
  ),
  UnrecognizedFaces: Type.Array(Face),
});
type Faces = Static<typeof Faces>;

const isLabels = guard(Labels);
const isFaces = guard(Faces);

export function createRekognition(
  settings: RekognitionSettings,
  caller: HostedCaller,
  clock: Clock,
): Detector {
  const { region, baseUrl = `https://rekognition.${region}.amazonaws.com`, faces = true } = settings;
  const call = (operation: string, body: Readonly<Record<string, unknown>>, signal: AbortSignal) => {
    const url = `${baseUrl.replace(/\/$/, '')}/`;
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `RekognitionService.${operation}`,
    };
    const signable = { service: 'rekognition', url, headers, body: JSON.stringify(body) };
    return ask(caller, { url, headers: signedHeaders(settings, signable, clock.now()), body }, signal);
  };
  return {
    name: NAME,
    looksAt: ['image', 'video_frame'],
    async detect(subject, signal) {
      if (subject.kind === 'text') return failed('looks at pictures only');
      const picture = await fitPicture(subject.bytes);
      if (picture.kind === 'failed') return picture;
      const Image = { Bytes: picture.base64 };
      const [labels, people] = await Promise.all([
        call('DetectModerationLabels', { Image, MinConfidence: LEAST_CONFIDENCE }, signal),
        faces ? call('RecognizeCelebrities', { Image }, signal) : NOBODY,
      ]);
      if (labels.kind === 'failed') return labels;
      if (people.kind === 'failed') return people;
      if (!isLabels(labels.body) || !isFaces(people.body)) return UNREADABLE;
      const opinions = [
        ...labelOpinions(labels.body),
        ...faceOpinions(people.body, drawnLikelihood(labels.body)),
      ];
      return findingsOf(NAME, subject, opinions);
    },
  };
}

const NOBODY: Asked = { kind: 'answered', body: { CelebrityFaces: [], UnrecognizedFaces: [] } };

function labelOpinions({ ModerationLabels: labels }: Labels): Opinion[] {
  const parents = new Map(labels.map(({ Name, ParentName }) => [Name, ParentName ?? '']));
  return labels.map(({ Name, ParentName, Confidence }) => {
    const { category, weight } = weightOf(Name, ParentName ?? '', parents);
    return {
      category,
      score: (Confidence / 100) * weight,
      rule: ruleName(Name),
      why: `${plainName(Name)}, ${Math.round(Confidence)} % sure`,
    };
  });
}

function drawnLikelihood({ ContentTypes = [] }: Labels): number {
  const drawn = ContentTypes.filter(({ Name }) => Name === 'Animated' || Name === 'Illustrated');
  return Math.max(0, ...drawn.map(({ Confidence }) => Confidence / 100));
}

/** A drawn public figure is a likeness all the same. */
function faceOpinions({ CelebrityFaces, UnrecognizedFaces }: Faces, drawn: number): Opinion[] {
  const known = CelebrityFaces.map(
    ({ Id, Name, MatchConfidence }): Opinion => ({
      category: 'celebrity_likeness',
      score: MatchConfidence / 100,
      rule: `celebrity:${ruleName(Id)}`,
      why: `recognised as ${plainName(Name)}`,
    }),
  );
  const all = [...CelebrityFaces.map(({ Face }) => Face), ...UnrecognizedFaces];
  if (all.length === 0) return known;
  const surest = Math.max(...all.map(({ Confidence }) => Confidence / 100));
  const why = all.length === 1 ? 'a human face' : `${all.length} human faces`;
  const people = {
    category: 'photorealistic_people',
    score: surest * (1 - drawn),
    rule: 'face',
    why,
  } as const;
  return [...known, people];
}
