/** Layer rules of src/README.md: imports go down only, `vscode` stays in src/vscode, processes in the folders that may start them. */
const layers = ['core', 'agents', 'git', 'store', 'signing', 'setup', 'app', 'cli', 'vscode'];
const mayImport = {
  core: [],
  agents: ['core'],
  git: ['core'],
  store: ['core'],
  signing: ['core'],
  setup: ['core', 'agents', 'git', 'store'],
  app: ['core', 'agents', 'git', 'store', 'signing', 'setup'],
  cli: ['core', 'agents', 'git', 'store', 'signing', 'setup', 'app'],
  vscode: ['core', 'agents', 'git', 'store', 'signing', 'setup', 'app'],
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
    ...layers.map((layer) => ({
      name: `${layer}-imports-down-only`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { path: '^src/', pathNot: `^src/(${[layer, ...mayImport[layer]].join('|')})/` },
    })),
    {
      name: 'core-and-agents-touch-nothing',
      comment: 'Hashes and signatures are functions of their input; files, processes and the network are not.',
      severity: 'error',
      from: { path: '^src/(core|agents)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|zlib|util)$' },
    },
    {
      name: 'only-some-start-processes',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(git|signing)/' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'only-vscode-imports-vscode',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/vscode/' },
      to: { path: '^vscode$|@types/vscode/' },
    },
    { name: 'src-never-imports-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out)/' },
  },
};
