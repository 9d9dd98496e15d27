// How images are seen when nothing is random: evaluation, calibration, and training that does not draw its window.
import type { ImageTransform, Resolution, Window } from './image-transform.ts';
import { unmoved } from './image-transform.ts';

/**
 * The source scaled until its shorter side (where the proportions are those of the output) is round(output / cropShare),
 * and the centre of it: cropShare 0.875 resizes to 256 and crops 224 (He et al. 2016, as in torchvision's references);
 * 1 keeps all that fits ("cover").
 */
export const centreWindow = (cropShare: number, source: Resolution, output: Resolution): Window => {
  const scale = Math.min(source.height / Math.round(output.height / cropShare), source.width / Math.round(output.width / cropShare));
  return {
    top: (source.height - output.height * scale) / 2,
    left: (source.width - output.width * scale) / 2,
    scaleY: scale,
    scaleX: scale,
  };
};

/** `cropShare`: in (0, 1], what `task.evaluationCrop` says. */
export const evaluationTransform = (cropShare: number, source: Resolution, output: Resolution): ImageTransform => ({
  window: centreWindow(cropShare, source, output),
  colours: [],
  placement: unmoved,
});
