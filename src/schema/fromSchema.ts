/** Types by their names in JSON Schema. */
export type SchemaTypes = Record<"string", string> &
  Record<"number" | "integer", number> &
  Record<"boolean", boolean> &
  Record<"null", null> &
  Record<"object", Record<string, unknown>> &
  Record<"array", unknown[]>;

/**
 * The type that a plain JSON Schema describes if it is written in place or `as const`: objects, lists, constants and alternatives. References
 * and tuples are `unknown`.
 */
// Conditions on keys cost the compiler half as much as conditional types with `infer`.
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

/** The type of an object with these `properties` and required names. */
export type SchemaFields<P, Required extends keyof P> = { -readonly [Name in Required]: FromSchema<P[Name]> } & {
  -readonly [Name in Exclude<keyof P, Required>]?: FromSchema<P[Name]>;
};
