const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, "0");
const each = (secret: string, write: (character: string, at: number) => string): string =>
  Array.from(secret, write).join("");
const percent = (character: string): string => `%${hex(character)}`;
const unicode = (character: string): string => `\\u00${hex(character)}`;

/** Encodings in which a server may repeat a secret without breaking the JSON around it. */
export const ENCODINGS: readonly (readonly [name: string, encode: (secret: string) => string])[] = [
  ["as it is", (secret) => secret],
  ["after Bearer", (secret) => `Bearer ${secret}`],
  ["in capital letters", (secret) => secret.toUpperCase()],
  ["with escaped slashes", (secret) => secret.replaceAll("/", "\\/")],
  ["with one character as \\u", (secret) => unicode(secret.charAt(0)) + secret.slice(1)],
  ["with every character as \\u", (secret) => each(secret, unicode)],
  ["with \\u in capitals", (secret) => each(secret, (one) => `\\u00${hex(one).toUpperCase()}`)],
  ["with every other character as \\u", (secret) => each(secret, (one, at) => (at % 2 ? one : unicode(one)))],
  ["as JSON within JSON", (secret) => each(secret, (one) => `\\${unicode(one)}`)],
  ["percent-encoded as a component", encodeURIComponent],
  ["percent-encoded throughout", (secret) => each(secret, percent)],
  ["percent-encoded in capitals", (secret) => each(secret, (one) => percent(one).toUpperCase())],
  ["percent-encoded in part", (secret) => each(secret, (one, at) => (at % 3 ? one : percent(one)))],
  ["percent-encoded twice", (secret) => encodeURIComponent(each(secret, percent))],
  ["as decimal entities", (secret) => each(secret, (one) => `&#${one.charCodeAt(0)};`)],
  ["as hexadecimal entities", (secret) => each(secret, (one) => `&#x${hex(one)};`)],
  ["as hexadecimal entities in capitals", (secret) => each(secret, (one) => `&#X00${hex(one).toUpperCase()};`)],
  [
    "as named entities",
    (secret) => secret.replaceAll("/", "&sol;").replaceAll("+", "&plus;").replaceAll("=", "&equals;"),
  ],
  ["as entities of entities", (secret) => each(secret, (one) => `&amp;#${one.charCodeAt(0)};`)],
  ["as percent-encoded JSON", (secret) => each(secret, (one) => `%5Cu00${hex(one)}`)],
  ["in base64", (secret) => btoa(secret)],
  ["in base64 after Bearer", (secret) => btoa(`Bearer ${secret}`)],
  ["in base64 as a password", (secret) => btoa(`user:${secret}`)],
  ["in base64 within more", (secret) => btoa(`{"k":"${secret}","n":1}`)],
  ["in base64 for URLs", (secret) => btoa(`??${secret}`).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")],
  ["in base64, percent-encoded", (secret) => encodeURIComponent(btoa(`a:${secret}`))],
  ["in hexadecimal", (secret) => each(secret, hex)],
  [
    "in escapes of every kind",
    (secret) => each(secret, (one, at) => [one, unicode(one), percent(one), `&#${one.charCodeAt(0)};`][at % 4] ?? one),
  ],
];

/**
 * Returns true if a text contains a secret, or most of it, in any form that a reader could decode. Slow and thorough,
 * for tests.
 */
export function holdsSecret(text: string, secret: string): boolean {
  const forms = new Set([text]);
  for (let round = 0; round < 4; round++) {
    for (const form of [...forms]) {
      forms.add(form.replace(/\\u(....)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))));
      forms.add(form.replace(/\\(.)/g, "$1"));
      forms.add(form.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))));
      forms.add(form.replace(/&amp;/g, "&"));
      forms.add(
        form
          .replace(/&sol;/g, "/")
          .replace(/&plus;/g, "+")
          .replace(/&equals;/g, "="),
      );
      forms.add(
        form.replace(/&#(?:x([\da-f]+)|(\d+));/gi, (_, hexadecimal?: string, decimal?: string) =>
          String.fromCharCode(hexadecimal === undefined ? Number(decimal) : parseInt(hexadecimal, 16)),
        ),
      );
    }
  }
  for (const form of [...forms])
    for (const run of form.match(/[\w+/=-]{12,}/g) ?? []) for (const plain of decodings(run)) forms.add(plain);
  const most = [secret, secret.slice(0, -4), secret.slice(4)].map((part) => part.toLowerCase());
  return [...forms].some((form) => most.some((part) => form.toLowerCase().includes(part)));
}

function decodings(run: string): string[] {
  const found = [Buffer.from(run, "hex").toString("latin1")];
  for (let skip = 0; skip < 4; skip++) found.push(Buffer.from(run.slice(skip), "base64").toString("latin1"));
  return found;
}
