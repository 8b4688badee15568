/**
 * The smaller nudity classifier, a MobileNet V2 that is shipped in the layers it was trained in. Run layer by layer it takes twice
 * as long as it must: after each convolution a normalisation and a clip walk over all values again. Here both become part of the
 * convolution before them, which changes the answers by about a millionth.
 *
 * A layer of a kind that is not known here is an error at the load, never left out.
 */
import type { Classifier, ModelArtifacts, Tensor, Tensorflow } from './libraries.ts';

interface Layer {
  readonly class_name: string;
  readonly name: string;
  readonly config: {
    readonly strides?: readonly [number, number];
    readonly pool_size?: readonly [number, number];
    readonly epsilon?: number;
    readonly activation?: string;
  };
  /** The name of a layer that it takes its input from stands first in each. */
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

type Run = (...inputs: readonly Tensor[]) => Tensor;

interface Step {
  readonly layer: string;
  readonly inputs: readonly string[];
  readonly run: Run;
}

export function foldedMobilenet(tf: Tensorflow, artifacts: ModelArtifacts): Classifier {
  const layers = layersOf(artifacts.modelTopology);
  const weights = tf.io.decodeWeights(artifacts.weightData, artifacts.weightSpecs);
  /** What a layer that became part of another one is called. */
  const standsFor = new Map<string, string>();
  const named = (name: string) => standsFor.get(name) ?? name;
  const steps = layers.flatMap((layer): Step[] => {
    const inputs = inputsOf(layer).map(named);
    const [first] = inputs;
    if (first === undefined) return [];
    const run = runOf(layer, layers, { tf, weights });
    if (run !== 'as its input') return [{ layer: layer.name, inputs, run }];
    standsFor.set(layer.name, first);
    return [];
  });
  for (const decoded of Object.values(weights)) decoded.dispose();
  const input = present(layers[0], 'an input').name;

  return {
    predict: (picture) =>
      tf.tidy(() => {
        const values = new Map([[input, picture]]);
        let last = picture;
        for (const { layer, inputs, run } of steps) {
          last = run(...inputs.map((name) => present(values.get(name), name)));
          values.set(layer, last);
        }
        return last;
      }),
  };
}

const inputsOf = ({ inbound_nodes: nodes }: Layer) => (nodes[0] ?? []).map(([name]) => name);

function layersOf(topology: unknown): readonly Layer[] {
  const { model_config: model }: { model_config: { config: { layers: readonly Layer[] } } } = JSON.parse(
    JSON.stringify(topology),
  );
  return model.config.layers;
}

interface World {
  readonly tf: Tensorflow;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** `as its input`: it is part of the step before it, or does nothing where nothing is trained. */
function runOf(layer: Layer, layers: readonly Layer[], world: World): Run | 'as its input' {
  const { tf } = world;
  const { class_name: kind, name, config } = layer;
  switch (kind) {
    case 'ZeroPadding2D':
    case 'BatchNormalization':
    case 'ReLU':
    case 'Dropout':
      return 'as its input';
    case 'Conv2D':
    case 'DepthwiseConv2D':
      return convolution(layer, layers, world);
    case 'Dense':
      return dense(layer, world);
    case 'Add':
      return (x, y) => tf.add(present(x, name), present(y, name));
    case 'AveragePooling2D': {
      const { pool_size: size = [1, 1], strides = [1, 1] } = config;
      return (x) => tf.avgPool(present(x, name), size, strides, 'valid');
    }
    case 'Flatten':
      return (x) => tf.reshape(present(x, name), [1, -1]);
    default:
      throw new Error(`a nudity model has a layer of an unknown kind, ${kind}`);
  }
}

function convolution(layer: Layer, layers: readonly Layer[], { tf, weights }: World): Run {
  const { name, class_name: kind, config } = layer;
  const after = (before: string, wanted: string) =>
    layers.find((one) => one.class_name === wanted && inputsOf(one)[0] === before);
  const normalised = present(after(name, 'BatchNormalization'), `a normalisation of ${name}`);
  const values = (weight: string) => present(weights[weight], weight).dataSync();
  const of = (what: string) => values(`${normalised.name}/${what}`);
  const [mean, variance] = [of('moving_mean'), of('moving_variance')];
  const { epsilon = 0 } = normalised.config;
  const scales = Float32Array.from(
    of('gamma'),
    (gamma, at) => gamma / Math.sqrt((variance[at] ?? 0) + epsilon),
  );
  const shifts = Float32Array.from(of('beta'), (beta, at) => beta - (mean[at] ?? 0) * (scales[at] ?? 0));
  const isDepthwise = kind === 'DepthwiseConv2D';
  const kernel = `${name}/${isDepthwise ? 'depthwise_kernel' : 'kernel'}`;
  // The channel that a value belongs to is the last dimension that is not 1, in both kinds of kernel.
  const scaled = Float32Array.from(values(kernel), (value, at) => value * (scales[at % scales.length] ?? 0));
  const settings = {
    filter: tf.tensor(scaled, present(weights[kernel], kernel).shape, 'float32'),
    bias: tf.tensor(shifts, [shifts.length], 'float32'),
    strides: config.strides ?? [1, 1],
    // The padding layers before a stride of two add what `same` adds there: one row below and one column to the right.
    pad: 'same',
    activation: after(normalised.name, 'ReLU') === undefined ? 'linear' : 'relu6',
  } as const;
  return isDepthwise
    ? (x) => tf.fused.depthwiseConv2d({ ...settings, x: present(x, name) })
    : (x) => tf.fused.conv2d({ ...settings, x: present(x, name) });
}

function dense({ name, config }: Layer, { tf, weights }: World): Run {
  const kept = (what: string) => {
    const weight = present(weights[`${name}/${what}`], `${name}/${what}`);
    return tf.tensor(Float32Array.from(weight.dataSync()), weight.shape, 'float32');
  };
  const settings = { b: kept('kernel'), bias: kept('bias') };
  const isLast = config.activation === 'softmax';
  const activation = isLast ? 'linear' : 'relu';
  return (x) => {
    const values = tf.fused.matMul({ ...settings, a: present(x, name), activation });
    return isLast ? tf.softmax(values) : values;
  };
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`a nudity model lacks ${name}`);
  return value;
}
