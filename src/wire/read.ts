/** An object of JSON whose fields nobody has checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns a value as an object with unchecked fields.
 *
 * @param value anything that came over the wire
 * @returns `undefined` unless the value is an object that is not a list
 */
export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/**
 * Returns one field if it is an object.
 *
 * @param value anything that came over the wire
 * @param key the field's name
 * @returns `undefined` where the value has no such field, or the field is a list or no object
 */
export function objectOf(value: unknown, key: string): Fields | undefined {
  return fieldsOf(fieldOf(value, key));
}

/**
 * Returns one field if it is a string.
 *
 * @param value anything that came over the wire
 * @param key the field's name
 * @returns `undefined` where the value has no such field, or the field is no string
 */
export function stringOf(value: unknown, key: string): string | undefined {
  const field = fieldOf(value, key);
  return typeof field === "string" ? field : undefined;
}

/**
 * Returns one field if it is a finite number.
 *
 * @param value anything that came over the wire
 * @param key the field's name
 * @returns `undefined` where the value has no such field, or the field is no finite number
 */
export function numberOf(value: unknown, key: string): number | undefined {
  const field = fieldOf(value, key);
  return typeof field === "number" && Number.isFinite(field) ? field : undefined;
}

/**
 * Returns the index of a choice, a call or another item of a list. Some servers send it as text.
 *
 * @param value anything that came over the wire
 * @returns `undefined` where it has none
 */
export function indexOf(value: unknown): number | undefined {
  const index = stringOf(value, "index");
  return index !== undefined && /^\d{1,9}$/.test(index) ? Number(index) : numberOf(value, "index");
}

/**
 * Returns one field if it is a list.
 *
 * @param value anything that came over the wire
 * @param key the field's name
 * @returns an empty list where the value has no such field, or the field is no list
 */
export function listOf(value: unknown, key: string): readonly unknown[] {
  const field = fieldOf(value, key);
  return Array.isArray(field) ? (field as readonly unknown[]) : [];
}

/**
 * Returns one own field of an object, whatever its type.
 *
 * @param value anything that came over the wire
 * @param key the field's name
 */
export function fieldOf(value: unknown, key: string): unknown {
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Returns a copy without the fields that are undefined, so that they hide no default.
 *
 * @param fields any object; `undefined` gives an empty one
 */
export function defined(fields: object | undefined): object {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined));
}
