/** An object of JSON whose fields have not been checked. */
export type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Returns a value as an object with unchecked fields.
 *
 * @param value anything from the wire
 * @returns `undefined` unless the value is an object and no list
 */
export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/**
 * Returns an own field of an object, whatever its type.
 *
 * @param value anything from the wire
 * @param key the field's name
 * @returns `undefined` if the value is no object or lacks the field
 */
export function fieldOf(value: unknown, key: string): unknown {
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Returns a field if it is an object.
 *
 * @param value anything from the wire
 * @param key the field's name
 * @returns `undefined` unless the field is an object and no list
 */
export function objectOf(value: unknown, key: string): Fields | undefined {
  return fieldsOf(fieldOf(value, key));
}

/**
 * Returns a field if it is a string.
 *
 * @param value anything from the wire
 * @param key the field's name
 * @returns `undefined` unless the field is a string
 */
export function stringOf(value: unknown, key: string): string | undefined {
  const field = fieldOf(value, key);
  return typeof field === "string" ? field : undefined;
}

/**
 * Returns a field if it is a finite number.
 *
 * @param value anything from the wire
 * @param key the field's name
 * @returns `undefined` unless the field is a finite number
 */
export function numberOf(value: unknown, key: string): number | undefined {
  const field = fieldOf(value, key);
  return typeof field === "number" && Number.isFinite(field) ? field : undefined;
}

/**
 * Returns a field if it is a list.
 *
 * @param value anything from the wire
 * @param key the field's name
 * @returns an empty list unless the field is a list
 */
export function listOf(value: unknown, key: string): readonly unknown[] {
  return itemsIn(fieldOf(value, key));
}

/**
 * Returns the items of a value that should be a list.
 *
 * @param value anything from the wire
 * @returns an empty list unless the value is a list
 */
export function itemsIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Returns the objects among the items of a value that should be a list.
 *
 * @param value anything from the wire
 * @returns an empty list unless the value is a list
 */
export function objectsIn(value: unknown): Fields[] {
  return itemsIn(value).filter(isFields);
}

/**
 * Returns an id. Some servers number their ids.
 *
 * @param value anything from the wire
 * @param key the id's field
 * @returns `""` unless the field is a string or a finite number
 */
export function idOf(value: unknown, key = "id"): string {
  return stringOf(value, key) ?? numberOf(value, key)?.toString() ?? "";
}

/**
 * Returns the index of a choice, a call or another item of a list. Some servers send it as a string.
 *
 * @param value anything from the wire
 * @returns `undefined` if it has none
 */
export function indexOf(value: unknown): number | undefined {
  const index = fieldOf(value, "index");
  if (typeof index === "string") return /^\d{1,9}$/.test(index) ? Number(index) : undefined;
  return typeof index === "number" && Number.isFinite(index) ? index : undefined;
}

/**
 * Returns a copy without the fields that are undefined, so that they hide no default.
 *
 * @param fields any object; `undefined` gives an empty one
 */
export function defined<T extends object>(fields: T | undefined): Partial<T> {
  const copy: Partial<T> = Object.assign({}, fields);
  for (const name of Object.keys(copy)) if (Reflect.get(copy, name) === undefined) Reflect.deleteProperty(copy, name);
  return copy;
}
