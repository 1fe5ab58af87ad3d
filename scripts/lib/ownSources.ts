/** A file of the builder's, with its source map, which is JSON. */
interface Mapped {
  map?: unknown;
}

/** Takes what is not this package's out of a file's map: the dependencies have maps of their own, and their sources are large. */
export function ownSources(_code: string, file: Mapped): undefined {
  if (typeof file.map !== "string") return undefined;
  const map = JSON.parse(file.map) as { sources: string[]; sourcesContent: (string | null)[] };
  const sourcesContent = map.sourcesContent.map((text, at) =>
    map.sources[at]?.includes("node_modules/") === true ? null : text,
  );
  file.map = JSON.stringify({ ...map, sourcesContent });
  return undefined;
}
