// Plugin kind `space`: a named search space as data, in the format of schemas/space.schema.json.

export interface SpaceDefinition {
  readonly name: string;
  readonly description: string;
  /** The space file's content; validated when it is used. */
  readonly space: unknown;
}
