import tseslint from 'typescript-eslint';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';

/** The walls of the house: `target` never imports from `from`. CONTRIBUTING.md draws the map. */
const walls = [
  {
    target: './src/messages',
    from: [
      './src/lanes',
      './src/egain',
      './src/channels',
      './src/operations',
      './src/cli',
      './src/simulator',
      './webhooks',
      './workers',
      './config',
    ],
  },
  {
    target: './src/files',
    from: [
      './src/lanes',
      './src/egain',
      './src/channels',
      './src/cli',
      './src/simulator',
      './webhooks',
      './workers',
      './config',
    ],
  },
  {
    target: './src/egress',
    from: [
      './src/lanes',
      './src/egain',
      './src/channels',
      './src/operations',
      './src/cli',
      './src/simulator',
      './webhooks',
      './workers',
      './config',
    ],
  },
  {
    target: './src/channels',
    from: ['./src/lanes', './src/egain', './src/cli', './src/simulator', './webhooks', './workers'],
  },
  {
    target: './src/egain',
    from: ['./src/lanes', './src/channels', './src/cli', './src/simulator', './webhooks', './workers'],
  },
  {
    target: './src/lanes',
    from: ['./src/channels', './src/egain', './src/cli', './src/simulator', './webhooks', './workers'],
  },
  {
    target: './src/simulator',
    from: ['./src/lanes', './src/channels', './src/cli', './webhooks', './workers', './config'],
  },
  {
    target: './src/operations',
    from: ['./src/cli', './src/simulator', './webhooks', './workers'],
  },
  {
    target: './src/provisioning',
    from: ['./src/lanes', './src/cli', './src/simulator', './webhooks', './workers'],
  },
  {
    target: './src/operators',
    from: [
      './src/bridge',
      './src/channels',
      './src/cli',
      './src/demo',
      './src/egain',
      './src/simulator',
      './webhooks',
      './workers',
    ],
  },
  { target: './src/doctor', from: ['./src/cli', './src/simulator', './src/demo', './webhooks', './workers'] },
  { target: './webhooks', from: ['./workers', './src/cli', './src/simulator'] },
  { target: './workers', from: ['./webhooks', './src/cli', './src/simulator'] },
  {
    target: './config',
    from: ['./webhooks', './workers', './src/cli', './src/lanes', './src/egain', './src/simulator'],
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.setup/', 'coverage/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { 'import-x': importX },
    settings: {
      // Imports name the `.js` that will be there after the build; without this no rule about imports sees any file.
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js', 'scripts/*.mjs'] } },
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: walls }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
