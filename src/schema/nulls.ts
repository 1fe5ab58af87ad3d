import { definition, isOf, isSame, isSchema } from "./jsonSchema.ts";
import type { JSONSchema } from "../wire/index.ts";
import { alternatives } from "./strict.ts";

/** What a schema allows at one place of a value: the alternatives that it gives there, with references followed. */
export class Shape {
  readonly #forms: readonly JSONSchema[];
  readonly #root: JSONSchema;

  /** @param root the schema as it was before it was made strict */
  constructor(root: JSONSchema, forms: readonly JSONSchema[] = formsOf(root, root)) {
    this.#root = root;
    this.#forms = forms;
  }

  /** What is allowed within: under a name, or in a list. */
  at(key: string | number): Shape {
    return new Shape(
      this.#root,
      this.#forms.flatMap((form) => formsOf(typeof key === "number" ? form["items"] : property(form, key), this.#root)),
    );
  }

  /** Whether a null under a name can only mean that the property was left out. */
  hidesNull(name: string): boolean {
    const owners = this.#forms.filter((form) => property(form, name) !== undefined);
    return (
      owners.some((form) => !requires(form, name)) && !this.at(name).#forms.some((form) => fits(form, null, this.#root))
    );
  }

  /** The one alternative that an object is of: told by its keys, types and constants, not by limits. */
  narrow(value: object): Shape {
    if (this.#forms.length < 2) return this;
    const form = this.#forms.find((one) => fits(one, value, this.#root));
    return form ? new Shape(this.#root, [form]) : this;
  }
}

/**
 * Takes out of a value what a strict schema's null stands for: properties that were left out.
 *
 * @param value fresh from JSON; it is changed
 * @param shape what the schema allowed before it was made strict
 */
export function withoutNulls(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) for (const [at, item] of value.entries()) withoutNulls(item, shape.at(at));
  else if (isSchema(value)) {
    const own = shape.narrow(value);
    for (const [name, item] of Object.entries(value)) {
      if (item === null && own.hidesNull(name)) Reflect.deleteProperty(value, name);
      else if (typeof item === "object") withoutNulls(item, own.at(name));
    }
  }
  return value;
}

/** Whether the null at the end of a path can only mean that a property was left out. */
export function isLeftOut(shape: Shape, path: readonly (string | number)[]): boolean {
  const name = path.at(-1);
  return (
    typeof name === "string" &&
    path
      .slice(0, -1)
      .reduce((within, key) => within.at(key), shape)
      .hidesNull(name)
  );
}

function formsOf(schema: unknown, root: JSONSchema, above: readonly unknown[] = []): JSONSchema[] {
  if (!isSchema(schema) || above.includes(schema)) return [];
  const { $ref } = schema;
  const choices = typeof $ref === "string" ? [definition(root, $ref)] : alternatives(schema);
  return choices.length === 0 ? [schema] : choices.flatMap((one) => formsOf(one, root, [...above, schema]));
}

function property(form: JSONSchema, name: string): unknown {
  const { properties } = form;
  return isSchema(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function requires({ required }: JSONSchema, name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}

function fits(form: JSONSchema, value: unknown, root: JSONSchema): boolean {
  if ("const" in form) return isSame(form["const"], value);
  if (Array.isArray(form["enum"])) return form["enum"].some((one) => isSame(one, value));
  const { type = "properties" in form ? "object" : undefined } = form;
  if (type !== undefined && !isOf(value, type)) return false;
  if (Array.isArray(value)) return value.every((item) => fitsSome(form["items"], item, root));
  if (!isSchema(value)) return true;
  const names = isSchema(form["properties"]) ? Object.keys(form["properties"]) : [];
  return (
    names.every((name) => Object.hasOwn(value, name) || !requires(form, name)) &&
    Object.entries(value).every(([name, item]) => {
      const own = property(form, name);
      return own !== undefined && ((item === null && !requires(form, name)) || fitsSome(own, item, root));
    })
  );
}

function fitsSome(schema: unknown, value: unknown, root: JSONSchema): boolean {
  return formsOf(schema, root).some((form) => fits(form, value, root));
}
