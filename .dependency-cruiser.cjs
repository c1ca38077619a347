/** The house (../shared/design.md, section 3): who may import whom. */
const never = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
const src = (layer) => ({ path: `^src/${layer}` });

module.exports = {
  forbidden: [
    never('no-cycles', {}, { circular: true }, 'One way trips.'),
    never('core-is-pure', src('core/'), { pathNot: ['^src/core/', '^node_modules/zod/', '^node_modules/re2js/'] },
      'core knows the business and nothing else: only core, zod and the linear-time regex engine.'),
    never('providers-bring-facts', src('(providers|hr)/'), { path: '^src/', pathNot: ['^src/core/', '^src/(providers|hr)/'] },
      'A connector sees core, its own folder and the shared connector parts.'),
    never('no-vendor-knows-another', { path: '^src/providers/([^/]+)/' }, { path: '^src/providers/[^/]+/', pathNot: '^src/providers/$1/' },
      'Connectors do not import each other.'),
    never('providers-are-not-slack-or-store', src('(providers|hr)/'), { path: 'node_modules/(@slack|drizzle-orm|better-sqlite3)/' }, 'No Slack or SQL in a connector.'),
    never('store-keeps', src('store/'), { path: '^src/', pathNot: ['^src/core/', '^src/store/'] }, 'The store knows core only.'),
    never('store-contract-is-abstract', src('store/store\\.ts'), { path: '^src/store/sqlite' }, 'The contract does not know its engine.'),
    never('only-sqlite-imports-drizzle', { path: '^src/', pathNot: '^src/store/sqlite/' }, { path: 'node_modules/(drizzle-orm|better-sqlite3)/' }, 'store/sqlite is the only importer of drizzle.'),
    never('usecases-see-contracts', src('usecases/'), { path: '^src/', pathNot: ['^src/core/', '^src/usecases/', '^src/store/[^/]+\\.ts$', '^src/providers/[^/]+\\.ts$', '^src/hr/[^/]+\\.ts$'] }, 'Use cases know contracts, not engines or vendors.'),
    never('usecases-take-types-only', src('usecases/'), { path: '^src/(store|providers|hr)/', dependencyTypesNot: ['type-only'] }, 'Types of the contracts only: the roof hands in the parts.'),
    never('usecases-know-no-slack', src('usecases/'), { path: 'node_modules/@slack/' }, 'No use case ever calls Slack.'),
    never('charts-draw', src('charts/'), { path: '^src/', pathNot: ['^src/core/', '^src/charts/'] }, 'charts see core only.'),
    never('only-render-imports-canvas', { path: '^src/', pathNot: '^src/charts/render\\.ts$' }, { path: 'node_modules/(chartjs-node-canvas|@napi-rs/canvas|canvas)/' }, 'render.ts is the only importer of canvas.'),
    never('slack-is-thin', src('slack/'), { path: '^src/', pathNot: ['^src/core/', '^src/usecases/', '^src/charts/', '^src/slack/'] }, 'slack sees core, usecases and charts.'),
    never('nobody-imports-the-roof', { path: '^src/', pathNot: '^src/(main|cli|jobs|scheduler|config|sandbox|terminal|worker|background|assemble|running-app|log)' }, { path: '^src/(main|cli|jobs|scheduler|sandbox|terminal|worker|background|assemble|running-app|config|log)' }, 'The roof rests on the house, not the other way round.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.d.ts', '.json'] },
  },
};
