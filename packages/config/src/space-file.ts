// How the config tells a space's file from a space's name.

/** `./space.json`, `own.json`, `net.config`: a path, or a name that ends as a file's does. */
export const isSpaceFile = (space: string): boolean => /\.(json|config)$/.test(space) || space.includes('/');
