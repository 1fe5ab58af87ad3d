import { fieldOf, fieldsOf, itemsIn } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { definition, isOf, isSame } from "./jsonSchema.ts";
import { alternatives } from "./strict.ts";

/** The part of a schema that applies to one place of a value: its alternatives there, with references followed. */
export class Shape {
  readonly #forms: readonly Fields[];
  readonly #root: Fields;

  /**
   * Makes the shape of a whole value.
   *
   * @param root the schema before it was made strict
   */
  constructor(root: Fields, forms: readonly Fields[] = formsOf(root, root)) {
    this.#root = root;
    this.#forms = forms;
  }

  /** Returns the shape of a property, or of the items of a list. */
  at(key: string | number): Shape {
    const inner = this.#forms.map((form) => (typeof key === "number" ? form["items"] : property(form, key)));
    return new Shape(
      this.#root,
      inner.flatMap((schema) => formsOf(schema, this.#root)),
    );
  }

  /** Returns `true` if a null in a property can only mean that the property was left out. */
  hidesNull(name: string): boolean {
    const owners = this.#forms.filter((form) => property(form, name) !== undefined);
    const isOptional = owners.some((form) => !requires(form, name));
    return isOptional && !this.at(name).#forms.some((form) => fits(form, null, this.#root));
  }

  /** Returns the shape of the alternative that an object fits by its keys, types and constants. */
  narrow(value: object): Shape {
    if (this.#forms.length < 2) return this;
    const form = this.#forms.find((one) => fits(one, value, this.#root));
    return form ? new Shape(this.#root, [form]) : this;
  }
}

/**
 * Removes the nulls of a strict schema that stand for properties that were left out.
 *
 * @param value a value fresh from JSON. It is changed
 * @param shape the shape of the value before its schema was made strict
 * @returns the same value
 */
export function withoutNulls(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) value.forEach((item, at) => withoutNulls(item, shape.at(at)));
  const fields = fieldsOf(value);
  const own = fields && shape.narrow(fields);
  for (const [name, item] of Object.entries(fields ?? {})) {
    if (fields && item === null && own?.hidesNull(name)) Reflect.deleteProperty(fields, name);
    else if (own && typeof item === "object") withoutNulls(item, own.at(name));
  }
  return value;
}

/** Returns `true` if the null at the end of a path can only mean that a property was left out. */
export function isLeftOut(shape: Shape, path: readonly (string | number)[]): boolean {
  const name = path.at(-1);
  if (typeof name !== "string") return false;
  const owner = path.slice(0, -1).reduce((within, key) => within.at(key), shape);
  return owner.hidesNull(name);
}

function formsOf(schema: unknown, root: Fields, above: readonly unknown[] = []): Fields[] {
  const known = fieldsOf(schema);
  if (!known || above.includes(known)) return [];
  const { $ref } = known;
  const choices = typeof $ref === "string" ? [definition(root, $ref)] : alternatives(known);
  return choices.length === 0 ? [known] : choices.flatMap((one) => formsOf(one, root, [...above, known]));
}

function property(form: Fields, name: string): unknown {
  return fieldOf(form["properties"], name);
}

function requires({ required }: Fields, name: string): boolean {
  return itemsIn(required).includes(name);
}

function fits(form: Fields, value: unknown, root: Fields): boolean {
  if ("const" in form) return isSame(form["const"], value);
  if (Array.isArray(form["enum"])) return form["enum"].some((one) => isSame(one, value));
  const { type = "properties" in form ? "object" : undefined } = form;
  if (type !== undefined && !isOf(value, type)) return false;
  if (Array.isArray(value)) return value.every((item) => fitsSome(form["items"], item, root));
  const fields = fieldsOf(value);
  if (!fields) return true;
  const names = Object.keys(fieldsOf(form["properties"]) ?? {});
  if (names.some((name) => requires(form, name) && !Object.hasOwn(fields, name))) return false;
  return Object.entries(fields).every(([name, item]) => {
    const own = property(form, name);
    return own !== undefined && ((item === null && !requires(form, name)) || fitsSome(own, item, root));
  });
}

function fitsSome(schema: unknown, value: unknown, root: Fields): boolean {
  return formsOf(schema, root).some((form) => fits(form, value, root));
}
