import eslint from "@eslint/js";
import next from "@next/eslint-plugin-next";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Files that only turn data into data: no clock, no dice, no disk, no network. */
const PURE = ["server/*/contract.ts", "server/*/*-contract.ts", "server/*/rules/**/*.ts"];

export default defineConfig(
  globalIgnores([
    ".next",
    "coverage",
    "next-env.d.ts",
    "server/platform/generated",
    "test-results",
    "playwright-report",
    ".demo",
    "dist",
  ]),
  {
    files: ["app/**/*.{ts,tsx}"],
    plugins: { "@next/next": next, "react-hooks": reactHooks },
    rules: {
      ...next.configs.recommended.rules,
      ...next.configs["core-web-vitals"].rules,
      ...reactHooks.configs.recommended.rules,
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [eslint.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: false }],
      "@typescript-eslint/strict-boolean-expressions": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "max-params": ["error", 3],
      "max-depth": ["error", 3],
      complexity: ["error", 12],
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/method-signature-style": ["error", "property"],
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "no-console": "error",
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "child_process", message: "Use server/platform/process.ts." },
            { name: "node:child_process", message: "Use server/platform/process.ts." },
            { name: "dockerode", message: "Use a Driver from server/deployment." },
          ],
        },
      ],
      "no-restricted-properties": ["error", { object: "process", property: "env", message: "Use server/platform/env.ts." }],
    },
  },
  { files: ["server/platform/process.ts", "server/deployment/docker/engine.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["server/platform/env.ts", "*.config.{ts,mjs}"], rules: { "no-restricted-properties": "off" } },
  {
    files: PURE,
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["node:*", "@prisma/*", "next/*", "**/platform/*", "!**/platform/contract.ts"],
              message: "This file is pure: take what you need as an argument.",
            },
          ],
        },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Take `now` as an argument." },
        { object: "Math", property: "random", message: "Take the id or the jitter as an argument." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Take `now` as an argument." },
      ],
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout"],
    },
  },
  {
    files: ["**/*.test.ts", "**/*.suite.ts", "e2e/**"],
    rules: { "max-lines": ["error", 400], "max-params": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  { files: ["**/*.{js,mjs}"], extends: [tseslint.configs.disableTypeChecked] },
);
