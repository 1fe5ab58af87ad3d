import { existsSync } from "node:fs";
import { defineConfig, type DefaultTheme } from "vitepress";
import { anchorOf } from "../../scripts/lib/docs-links.ts";
import { entries, referencePage } from "../../scripts/lib/docs-reference.ts";
import { sourceLink } from "../../scripts/lib/docs-sources.ts";
import { ROOT } from "../../scripts/lib/paths.ts";

/** The pages in the order of the sidebar. */
const PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Start: {
    install: "Install",
    "start-worker": "In a Cloudflare Worker",
    "start-deno": "In Deno",
    "start-page": "In a page",
    "start-node": "In Node or Bun",
  },
  Tasks: {
    recipes: "Recipes",
    "stream-to-a-page": "Stream to a page",
    tools: "Tools",
    approval: "Approval of tool calls",
    "keep-a-chat": "Keep a chat",
    "users-and-limits": "Users and limits",
    "structured-output": "Structured output",
    files: "Files and images",
    responses: "Both APIs",
    providers: "Providers",
    errors: "Errors",
    streams: "Streams",
    endpoints: "Endpoints",
    webhooks: "Webhooks",
    relay: "A relay",
    testing: "Testing",
    "record-and-replay": "Record and replay",
    runtimes: "Runtimes",
  },
  "Coming from": {
    "from-openai-node": "openai-node",
    "from-ai-sdk": "the AI SDK",
    "from-xsai": "xsai",
    "from-lua-openai": "lua-openai",
  },
};

const MEASURED = { performance: "Performance", truth: "Truth" };

const items = (pages: Readonly<Record<string, string>>): DefaultTheme.SidebarItem[] =>
  Object.entries(pages)
    .filter(([page]) => existsSync(`${ROOT}/docs/${page}.md`))
    .map(([page, text]) => ({ text, link: `/${page}` }));

const sidebar: DefaultTheme.SidebarItem[] = [
  ...Object.entries(PAGES).map(([text, pages]) => ({ text, items: items(pages) })),
  { text: "Reference", items: entries().map(([name]) => ({ text: name, link: `/${referencePage(name)}` })) },
  { text: "Measured", items: items(MEASURED) },
];

export default defineConfig({
  title: "fetchat",
  description: "The OpenAI HTTP API, client and chat session, for every place that has fetch.",
  base: process.env["DOCS_BASE"] ?? "/",
  head: [
    ["link", { rel: "icon", href: "data:," }],
    // Room for code of 100 columns beside the outline.
    [
      "style",
      {},
      ":root { --vp-layout-max-width: 1600px } .VPDoc.has-aside .content-container { max-width: 880px !important }",
    ],
  ],
  cacheDir: `${ROOT}/.cache/vitepress`,
  cleanUrls: true,
  // scripts/docs.ts checks every link of the built site, anchors too.
  ignoreDeadLinks: true,
  srcExclude: ["decisions/**"],
  // Prefetching the pages of all links would load most of the site.
  router: { prefetchLinks: false },
  markdown: {
    anchor: { slugify: anchorOf },
    config(md) {
      md.core.ruler.push("repository-links", ({ tokens, env }) => {
        const page = `docs/${(env as { relativePath: string }).relativePath}`;
        for (const link of tokens.flatMap((token) => token.children ?? []).filter(({ type }) => type === "link_open")) {
          const source = sourceLink(link.attrGet("href") ?? "", page);
          if (source !== undefined) link.attrSet("href", source);
        }
      });
    },
  },
  // The search index is one large chunk, which is loaded when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 5000 } },
  themeConfig: {
    sidebar,
    nav: [
      { text: "Recipes", link: "/recipes" },
      { text: "Reference", link: `/${referencePage("fetchat")}` },
    ],
    search: { provider: "local" },
    outline: [2, 3],
  },
});
