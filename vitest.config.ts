import { defineConfig } from "vitest/config";

// Type tests (test/types/*.test-d.ts) are checked by tsc in `npm run check`: one pass over everything instead of a second compiler here.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/types/**", "**/node_modules/**"],
    globalSetup: ["test/support/global-setup.ts"],
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
    // A hang still fails; a cold cache on a slow machine does not.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    unstubGlobals: true,
    restoreMocks: true,
  },
});
