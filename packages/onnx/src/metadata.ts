// The file's metadata: texts by key, where a value that is no text is JSON. docs/formats.md lists the keys.
import type { Group } from '@nasc/ir';
import type { ModelProto } from './proto.ts';

export type OnnxMetadata = Readonly<Record<string, string>>;

export interface OnnxTask {
  /** Class names in the order of the logits. */
  readonly classes: readonly string[];
  /** What images are normalised with, per channel. */
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** What one needs to know to use the model: classes, and how pixels become its input. */
export const describeTask = ({ classes, normalisation: { mean, std } }: OnnxTask): OnnxMetadata => ({
  classes: JSON.stringify(classes),
  mean: JSON.stringify(mean),
  std: JSON.stringify(std),
  pixelRange: '[0,255]',
  normalisation: '(pixel / 255 - mean) / std, per channel',
});

/** Written and read by the writer and the reader themselves. */
const layoutKey = 'layout';
const blocksKey = 'blocks';

export const metadataEntries = (metadata: OnnxMetadata, groups: readonly Group[]): NonNullable<ModelProto['metadataProps']> =>
  Object.entries({
    ...metadata,
    [layoutKey]: 'NCHW',
    ...(groups.length > 0 && { [blocksKey]: JSON.stringify(groups) }),
  }).map(([key, value]) => ({ key, value }));

/** The inverse: `blocks` is not parsed. */
export const splitMetadata = (
  entries: NonNullable<ModelProto['metadataProps']>,
): { readonly metadata: OnnxMetadata; readonly blocks: string } => {
  const {
    [layoutKey]: _layout,
    [blocksKey]: blocks = '[]',
    ...metadata
  } = Object.fromEntries(entries.map(({ key, value }) => [key ?? '', value ?? ''])) as Record<string, string>;
  return { metadata, blocks };
};
