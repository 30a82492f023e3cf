import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** The model that `breast-cancer/train.py` writes. The arrays have one number per feature. */
export interface Model {
  readonly target: string;
  readonly features: readonly string[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly weights: readonly number[];
  readonly bias: number;
}

export interface Evaluation {
  readonly rows: number;
  readonly right: number;
  /** How many rows the most frequent class has: what a model that learnt nothing can get right. */
  readonly baseline: number;
}

/** Reads the model out of the bytes of a `model.tar.gz`. */
export async function openModel(archive: Uint8Array): Promise<Model> {
  const entries = Readable.from([archive]).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    const content = await buffer(entry);
    if (entry.header.name.replace(/^\.\//, '') === 'model.json') return JSON.parse(content.toString());
  }
  throw new Error('the archive holds no model.json');
}

/** How well a model tells the rows of a CSV file apart. */
export function evaluate(model: Model, csv: string): Evaluation {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const names = header.split(',');
  const predictions = lines.map((line) => {
    const row = new Map(line.split(',').map((value, column) => [names[column] ?? '', Number(value)]));
    return { predicted: score(model, row) >= 0, actual: row.get(model.target) === 1 };
  });
  const positive = predictions.filter(({ actual }) => actual).length;
  return {
    rows: predictions.length,
    right: predictions.filter(({ predicted, actual }) => predicted === actual).length,
    baseline: Math.max(positive, predictions.length - positive),
  };
}

/** The log-odds of the target being 1. */
function score(model: Model, row: ReadonlyMap<string, number>): number {
  const terms = model.features.map((feature, i) => {
    const [value, mean, deviation, weight] = [
      row.get(feature),
      model.means[i],
      model.deviations[i],
      model.weights[i],
    ];
    if (value === undefined || mean === undefined || deviation === undefined || weight === undefined) {
      throw new Error(`the model and the data don't agree on the feature ${feature}`);
    }
    return (weight * (value - mean)) / deviation;
  });
  return terms.reduce((sum, term) => sum + term, model.bias);
}
