import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

/** What a layer may not import: everything above it. views ► components ► composables, stores ► api. */
const layer = (files, forbidden) => ({
  files: [`src/${files}/**/*.{ts,vue}`],
  ignores: ['**/__tests__/**'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: forbidden.map((name) => `@/${name}/**`), message: 'Imports point down.' },
          { group: ['../**'], message: 'Import from another folder by @/.' },
        ],
      },
    ],
  },
})

export default ts.config(
  { ignores: ['dist', 'test-results', 'playwright-report', 'src/api/types.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.browser }, parserOptions: { parser: ts.parser } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-emits-declaration': ['error', 'type-based'],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off', // optional props are typed, undefined is their default
    },
  },
  layer('api', ['composables', 'stores', 'components', 'views', 'router']),
  layer('composables', ['stores', 'components', 'views', 'router']),
  layer('stores', ['components', 'views', 'router']),
  layer('components', ['views', 'router']),
  layer('views', ['router']),
  {
    // fetch and XMLHttpRequest live in api/ only
    files: ['src/**/*.{ts,vue}'],
    ignores: ['src/api/**', '**/__tests__/**'],
    rules: { 'no-restricted-globals': ['error', 'fetch', 'XMLHttpRequest'] },
  },
  {
    files: ['*.config.{ts,js}', 'e2e/**'],
    languageOptions: { globals: { ...globals.node } },
    rules: { 'no-console': 'off' },
  },
  { files: ['public/**'], languageOptions: { sourceType: 'script' }, rules: { 'no-var': 'off' } },
  prettier,
)
