interface Basic {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
  null: null;
  object: Record<string, unknown>;
  array: unknown[];
}

/**
 * The type that a plain JSON Schema describes, where it is written in place or `as const`: objects, lists, constants and alternatives.
 * What it does not know (a reference, a tuple) is `unknown`.
 */
// By keys, as conditional types with `infer` cost a compiler twice as much.
export type FromSchema<S> = string extends keyof S ? Record<string, unknown>
  : "enum" extends keyof S ? S["enum"][number & keyof S["enum"]]
  : "properties" extends keyof S ? Fields<S["properties"], "required" extends keyof S ? S["required"][number & keyof S["required"]] & keyof S["properties"] : never>
  : "items" extends keyof S ? FromSchema<S["items"]>[]
  : "const" extends keyof S ? S["const"]
  : "anyOf" extends keyof S ? FromSchema<S["anyOf"][number & keyof S["anyOf"]]>
  : "type" extends keyof S ? (S["type"] extends keyof Basic ? Basic[S["type"]] : S["type"] extends readonly (keyof Basic)[] ? Basic[S["type"][number]] : unknown)
  : unknown;

type Fields<P, Required extends keyof P> =
  & { -readonly [Name in Required]: FromSchema<P[Name]> }
  & { -readonly [Name in Exclude<keyof P, Required>]?: FromSchema<P[Name]> };
