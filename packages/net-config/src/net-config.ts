// The format as its authors' released search code writes it (mit-han-lab/proxylessnas, search/): each layer by its class and the
// arguments of its constructor.

export interface ConvLayer {
  readonly name: 'ConvLayer';
  readonly kernel_size: number;
  readonly stride: number;
  readonly dilation: 1;
  readonly groups: 1;
  readonly bias: false;
  readonly has_shuffle: false;
  readonly in_channels: number;
  readonly out_channels: number;
  readonly use_bn: true;
  readonly act_func: 'relu6';
  readonly dropout_rate: 0;
  readonly ops_order: 'weight_bn_act';
}

export interface MBInvertedConvLayer {
  readonly name: 'MBInvertedConvLayer';
  readonly in_channels: number;
  readonly out_channels: number;
  readonly kernel_size: number;
  readonly stride: number;
  readonly expand_ratio: number;
  /** Channels inside; round(in_channels * expand_ratio) where null. */
  readonly mid_channels: number | null;
}

/** A block that the search left out: what reaches it passes unchanged. */
export interface ZeroLayer {
  readonly name: 'ZeroLayer';
  readonly stride: number;
}

export interface IdentityLayer {
  readonly name: 'IdentityLayer';
  readonly in_channels: number;
  readonly out_channels: number;
  readonly use_bn: false;
  readonly act_func: null;
  readonly dropout_rate: 0;
  readonly ops_order: 'weight_bn_act';
}

export interface LinearLayer {
  readonly name: 'LinearLayer';
  readonly in_features: number;
  readonly out_features: number;
  readonly bias: true;
  readonly use_bn: false;
  readonly act_func: null;
  readonly dropout_rate: number;
  readonly ops_order: 'weight_bn_act';
}

export interface NetConfig {
  readonly name: 'ProxylessNASNets';
  readonly bn: { readonly momentum: number; readonly eps: number };
  readonly first_conv: ConvLayer;
  readonly blocks: readonly {
    readonly name: 'MobileInvertedResidualBlock';
    readonly mobile_inverted_conv: MBInvertedConvLayer | ZeroLayer;
    readonly shortcut: IdentityLayer | null;
  }[];
  /** Null in later networks of the same authors. */
  readonly feature_mix_layer: ConvLayer | null;
  readonly classifier: LinearLayer;
  /** Height and width of images, where they are not 224: a key of the same authors' later networks, which earlier readers pass over. */
  readonly resolution?: number;
}

/** What every network of the format is for where it does not say so. */
export const usualResolution = 224;

/** Of `bn` where it is absent. */
export const usualBatchNorm = { momentum: 0.1, eps: 0.001 } as const;
