export { exportStage } from './export-stage.ts';
export { findMismatch } from './find-mismatch.ts';
export type { MismatchCause, MismatchSearch } from './find-mismatch.ts';
export { acceptedError, verifyOnnxPass } from './verify-onnx-pass.ts';
export { writeOnnxPass } from './write-onnx-pass.ts';
