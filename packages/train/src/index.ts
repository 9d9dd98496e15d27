export * from './train-stage.ts';
export * from './warm-up.ts';
