import { readFile } from "node:fs/promises";
import { ROOT } from "./paths.ts";

/** The release data in the repository. */
export interface Release {
  /** The version, by the file that contains it. */
  readonly versions: Readonly<Record<string, string>>;
  readonly changelog: string;
}

/** Reads all versions and the changelog. */
export async function readRelease(): Promise<Release> {
  const files = ["package.json", "deno.json", "src/version.ts", "CHANGELOG.md"].map((path) =>
    readFile(`${ROOT}/${path}`, "utf8"),
  );
  const [npm = "", jsr = "", source = "", changelog = ""] = await Promise.all(files);
  const versionOf = (text: string): string => (JSON.parse(text) as { version: string }).version;
  const versions = {
    "package.json": versionOf(npm),
    "deno.json": versionOf(jsr),
    "src/version.ts": /VERSION: string = "([^"]*)"/.exec(source)?.[1] ?? "none",
  };
  return { versions, changelog };
}

/** Returns the objections to a release with this tag, one sentence each. */
export function objections(tag: string, { versions, changelog }: Release): string[] {
  if (!/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(tag))
    return [`A release's tag is like v1.2.3; this is ${JSON.stringify(tag)}.`];
  const version = tag.slice(1);
  const others = Object.entries(versions).filter(([, said]) => said !== version);
  const wrong = others.map(([file, said]) => `${file} says ${said}, and the tag ${version}.`);
  const entry =
    changelog
      .split(/^## /m)
      .find((one) => one.split(/\s/)[0] === version)
      ?.slice(version.length) ?? "";
  return /^- /m.test(entry) ? wrong : [...wrong, `CHANGELOG.md has nothing under "## ${version}".`];
}
