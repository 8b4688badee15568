/**
 * The libraries of `models/node_modules`, reached from there and typed by what is used of them. Only for looking threads: they
 * install process-wide error handlers when loaded.
 *
 * All of it goes through CommonJS, so that there is exactly one tfjs-core: with two, no operation has a kernel.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const MODELS_FOLDER = join(import.meta.dirname, '..', 'models');

/** Whether `npm run moderation:install` has been run. */
export function isInstalled(): boolean {
  return ['@tensorflow/tfjs-backend-wasm', '@vladmandic/human', 'nsfwjs'].every((name) =>
    existsSync(join(MODELS_FOLDER, 'node_modules', name)),
  );
}

export interface Tensor {
  readonly shape: readonly number[];
  data(): Promise<ArrayLike<number>>;
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

export interface ModelArtifacts {
  readonly modelTopology: unknown;
  readonly format: unknown;
  readonly signature?: unknown;
  readonly weightSpecs: readonly unknown[];
  readonly weightData: ArrayBuffer;
}

interface ModelSource {
  load(): Promise<ModelArtifacts>;
}

export interface Classifier {
  predict(input: Tensor): Tensor;
}

export interface GraphModel extends Classifier {
  /** Every output of the graph, in an order of its own. */
  execute(input: Tensor): readonly Tensor[];
}

export interface Tensorflow {
  tensor(values: Float32Array | Uint8Array, shape: readonly number[], type: 'float32'): Tensor;
  /** What was made in it is disposed of, but what it returns. */
  tidy(work: () => Tensor): Tensor;
  add(one: Tensor, other: Tensor): Tensor;
  avgPool(x: Tensor, size: Pair, strides: Pair, pad: 'valid'): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  softmax(x: Tensor): Tensor;
  readonly fused: {
    conv2d(convolution: Convolution): Tensor;
    depthwiseConv2d(convolution: Convolution): Tensor;
    matMul(product: { a: Tensor; b: Tensor; bias: Tensor; activation: 'linear' | 'relu' }): Tensor;
  };
  setBackend(name: 'wasm'): Promise<boolean>;
  ready(): Promise<void>;
  readonly io: {
    registerLoadRouter(router: (url: unknown) => ModelSource | null): void;
    decodeWeights(data: ArrayBuffer, specs: readonly unknown[]): Readonly<Record<string, Tensor>>;
  };
}

type Pair = readonly [number, number];

interface Convolution {
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly bias: Tensor;
  readonly strides: Pair;
  readonly pad: 'same';
  readonly activation: 'linear' | 'relu6';
}

export interface Libraries {
  readonly tf: Tensorflow;
  /** Of a source, or of a `file://` address. */
  readonly converter: { loadGraphModel(source: ModelSource | string): Promise<GraphModel> };
  readonly Human: new (config: Readonly<Record<string, unknown>>) => HumanModels;
  /** Where the WebAssembly lies, with a slash at the end. */
  readonly wasmFolder: string;
  readonly humanFolder: string;
  readonly nsfwFolder: string;
  /** The value of one of the package's model files, which are JavaScript. */
  require(path: string): unknown;
}

export interface HumanModels {
  load(): Promise<void>;
  /** `error` is null even where a model is missing: hence the self-test. */
  detect(picture: Tensor): Promise<{ readonly error: string | null; readonly face: readonly HumanFace[] }>;
}

export interface HumanFace {
  /** 0 to 1. */
  readonly boxScore: number;
  /** Left, top, width, height, as shares of the picture; wider than the face by 0.4 of it. */
  readonly boxRaw: readonly [number, number, number, number];
  /** The eyes, the nose, the mouth, the ears, as shares of the picture. */
  readonly meshRaw: readonly (readonly [number, number, ...number[]])[];
}

export async function loadLibraries(): Promise<Libraries> {
  const require = createRequire(join(MODELS_FOLDER, 'package.json'));
  const tf: Tensorflow = require('@tensorflow/tfjs-core');
  const converter: Libraries['converter'] = require('@tensorflow/tfjs-converter');
  const wasm: { setWasmPaths(folder: string): void } = require('@tensorflow/tfjs-backend-wasm');
  const wasmFolder = `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`;
  wasm.setWasmPaths(wasmFolder);
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend does not start');
  await tf.ready();
  tf.io.registerLoadRouter((url) => {
    if (typeof url !== 'string' || !url.startsWith('file://')) return null;
    return { load: async () => readModel(url.slice('file://'.length)) };
  });
  // By its path: what the package exports leads to a build that needs the native tfjs-node.
  const humanFolder = join(MODELS_FOLDER, 'node_modules', '@vladmandic', 'human');
  const { Human }: Pick<Libraries, 'Human'> = require(join(humanFolder, 'dist', 'human.node-wasm.js'));
  const nsfwFolder = join(MODELS_FOLDER, 'node_modules', 'nsfwjs', 'dist', 'models');
  return { tf, converter, Human, wasmFolder, humanFolder, nsfwFolder, require };
}

interface Manifest {
  readonly modelTopology: unknown;
  readonly format: unknown;
  readonly signature?: unknown;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly unknown[];
  }[];
}

function readModel(file: string): ModelArtifacts {
  const manifest: Manifest = JSON.parse(readFileSync(file, 'utf8'));
  const paths = manifest.weightsManifest.flatMap((group) => group.paths);
  return artifactsOf(
    manifest,
    paths.map((path) => readFileSync(join(dirname(file), path))),
  );
}

export function artifactsOf(manifest: Manifest, weights: readonly Buffer[]): ModelArtifacts {
  const { modelTopology, format, signature, weightsManifest } = manifest;
  const whole = Uint8Array.from(Buffer.concat(weights));
  return {
    modelTopology,
    format,
    signature,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: whole.buffer,
  };
}
