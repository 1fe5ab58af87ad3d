import js from "@eslint/js";
import tseslint from "typescript-eslint";

const platform = [
  "process",
  "Buffer",
  "window",
  "Deno",
  "Bun",
  "require",
  "setImmediate",
  "__dirname",
  "__filename",
  "document",
  "navigator",
  "localStorage",
  "sessionStorage",
  "global",
  "module",
];

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "node_modules/",
      ".cache/",
      ".wrangler/",
      "coverage/",
      "**/dist/",
      "bench/node_modules/",
      "**/*.d.ts",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.node.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-undef": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Name what a module exports." },
      ],
      "max-params": ["error", 5],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/naming-convention": [
        "error",
        { selector: "variable", modifiers: ["const", "exported"], format: ["camelCase", "PascalCase", "UPPER_CASE"] },
        {
          selector: "variable",
          format: ["camelCase", "PascalCase", "UPPER_CASE", "snake_case"],
          leadingUnderscore: "allow",
        },
        { selector: "function", format: ["camelCase"] },
        { selector: "typeLike", format: ["PascalCase"] },
        { selector: "classMethod", format: ["camelCase"] },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Off: each costs more casts and ceremony than the mistakes that it finds here.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" },
      ],
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingUnknown: true }],
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // What comes over the wire is not what its type says: that is what many a condition is there for.
      "@typescript-eslint/no-unnecessary-condition": "off",
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...platform.map((name) => ({ name, message: "Only src/adapters may name a platform." })),
      ],
    },
  },
  { files: ["src/adapters/**/*.ts"], rules: { "no-restricted-globals": "off" } },
  {
    files: ["test/**/*.ts", "scripts/**/*.ts", "*.config.ts", "docs/.vitepress/config.ts", "bench/**/*.ts"],
    rules: {
      "no-console": "off",
      "no-restricted-syntax": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-deprecated": "off",
    },
  },
  {
    // Checked by tsc with the platform's own types; linted here without types.
    files: ["examples/**/*.ts", "bench/**/*.ts"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { project: false } },
    rules: { "no-console": "off", "no-restricted-syntax": "off" },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        URL: "readonly",
        fetch: "readonly",
        document: "readonly",
        Response: "readonly",
        Request: "readonly",
      },
    },
  },
);
