/** Types by the names that JSON Schema has for them. */
export type SchemaTypes = Record<"string", string> &
  Record<"number" | "integer", number> &
  Record<"boolean", boolean> &
  Record<"null", null> &
  Record<"object", Record<string, unknown>> &
  Record<"array", unknown[]>;

/**
 * The type that a plain JSON Schema describes, where it is written in place or `as const`: objects, lists, constants and alternatives.
 * What it does not know (a reference, a tuple) is `unknown`.
 */
// By keys, as conditional types with `infer` cost a compiler twice as much.
export type FromSchema<S> = string extends keyof S
  ? Record<string, unknown>
  : "enum" extends keyof S
    ? S["enum"][number & keyof S["enum"]]
    : "properties" extends keyof S
      ? SchemaFields<
          S["properties"],
          "required" extends keyof S ? S["required"][number & keyof S["required"]] & keyof S["properties"] : never
        >
      : "items" extends keyof S
        ? FromSchema<S["items"]>[]
        : "const" extends keyof S
          ? S["const"]
          : "anyOf" extends keyof S
            ? FromSchema<S["anyOf"][number & keyof S["anyOf"]]>
            : "type" extends keyof S
              ? S["type"] extends keyof SchemaTypes
                ? SchemaTypes[S["type"]]
                : S["type"] extends readonly (keyof SchemaTypes)[]
                  ? SchemaTypes[S["type"][number]]
                  : unknown
              : unknown;

/** The type of an object by its `properties` and the names that are required. */
export type SchemaFields<P, Required extends keyof P> = { -readonly [Name in Required]: FromSchema<P[Name]> } & {
  -readonly [Name in Exclude<keyof P, Required>]?: FromSchema<P[Name]>;
};
