// What happens to one image on its way from decoded bytes to the floats that an engine takes, as plain data: drawn in one
// place, applied in another (a worker thread), and printable in a test.

/** Size in pixels. */
export interface Resolution {
  readonly height: number;
  readonly width: number;
}

/**
 * The part of the source that becomes the picture: output pixel (y, x) shows the source around the point
 * (top + (y + 1/2) * scaleY, left + (x + 1/2) * scaleX). Source pixel (i, j) covers i..i+1, j..j+1; a scale is source
 * pixels per output pixel.
 */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly scaleY: number;
  readonly scaleX: number;
}

/** How the picture is moved: output(y, x) = picture(y + shiftY, x' + shiftX), x' mirrored if `flip`; outside is byte 0. */
export interface Placement {
  readonly flip: boolean;
  readonly shiftY: number;
  readonly shiftX: number;
}

/** One step of colour jitter; what `amount` means is told in colour-jitter.ts. */
export interface ColourStep {
  readonly kind: 'brightness' | 'contrast' | 'saturation' | 'hue';
  readonly amount: number;
}

/** Output pixels top <= y < bottom, left <= x < right. */
export interface Rectangle {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Applied in this order: window, colours, placement, normalisation, cutout. */
export interface ImageTransform {
  readonly window: Window;
  readonly colours: readonly ColourStep[];
  readonly placement: Placement;
  readonly cutout?: Rectangle;
}

export const unmoved: Placement = { flip: false, shiftY: 0, shiftX: 0 };
