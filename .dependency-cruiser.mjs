// The arrows of the house. A new one is a decision: say why in the folder's README.
const tests = [
  '\\.spec\\.ts$',
  '-fixtures?\\.ts$',
  '/fixtures/',
  '^services/[^/]+/src/testing/',
  '^libs/[^/]+/src/testing/',
];
const to = (...folders) => folders.map((folder) => `^${folder}/`);
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^${from}/src/`, pathNot: tests },
  to: { path: '^(proto|libs|services|deploy|test)/', pathNot: [`^${from}/`, ...to(...allowed)] },
});

export default {
  forbidden: [
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      comment: 'The domain is pure: no package, no built-in module.',
      from: { path: '^libs/domain/src/', pathNot: tests },
      to: { pathNot: '^libs/domain/src/' },
    },
    only('runtime-stands-alone', 'libs/runtime', []),
    only('embedded-stands-alone', 'libs/embedded', []),
    only('client-is-a-stranger', 'libs/client', []),
    only('testing-uses-embedded', 'libs/testing', ['libs/embedded']),
    only('grpc-knows-no-bus', 'libs/grpc', ['proto', 'libs/domain', 'libs/runtime']),
    only('bus-knows-no-rpc', 'libs/bus', ['libs/runtime']),
    only('postgres-knows-no-rpc', 'libs/postgres', ['libs/domain', 'libs/runtime']),
    only('event-log-is-a-reader', 'libs/event-log', [
      'proto',
      'libs/domain',
      'libs/grpc',
      'libs/bus',
      'libs/runtime',
    ]),
    only('local-starts-processes-only', 'deploy/local', [
      'libs/embedded',
      'libs/runtime',
      // For the subjects of each NATS user.
      'libs/bus',
    ]),
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-stand-on-libs',
      severity: 'error',
      from: { path: '^services/', pathNot: tests },
      to: { path: '^(deploy|test|libs/testing|libs/embedded)/' },
    },
    {
      name: 'generated-types-stay-in-adapters',
      severity: 'error',
      comment: 'Only grpc/ folders, main.ts and the two libs at the border know protobuf.',
      from: { path: '^services/[^/]+/src/', pathNot: ['/grpc/', '/main\\.ts$', ...tests] },
      to: { path: '^proto/' },
    },
    {
      name: 'nats-lives-in-bus',
      severity: 'error',
      // The bench measures the bare client, to have a floor under the bus; the nemesis deletes
      // streams behind the bus's back.
      from: {
        pathNot: ['^libs/bus/', '^test/bench/src/floor/', '^test/chaos/src/nemesis/', ...tests],
      },
      to: { path: '(^|/)node_modules/(nats|@nats-io)/' },
    },
    {
      name: 'pg-lives-in-postgres',
      severity: 'error',
      // Servers that are only started, and the bench: its peers and the floor bring their own client.
      from: { pathNot: ['^libs/(postgres|embedded|testing)/', '^test/', ...tests] },
      to: { path: '(^|/)node_modules/(pg|@types/pg)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: 'A lib is used through its named list.',
      from: { path: '^(libs|services|deploy|test)/([^/]+)/' },
      to: {
        path: '^libs/([^/]+)/src/',
        pathNot: ['^$1/$2/', '^libs/[^/]+/src/(index|global-setup|testing/index)\\.ts$'],
      },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist', '/src/gen/'] },
    exclude: { path: ['/dist/', '^test/e2e/lambdas/', '/demo/'] },
    // The cruiser needs the old compiler's API: the root's `typescript` is version 6, `tsc` is 7.
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@greencloud/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.mts', '.mjs', '.js', '.json'],
    },
  },
};
