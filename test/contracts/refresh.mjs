// Reads names, nullability and enumerations out of the vendors' own packages: what the fakes refuse, and what our
// schemas have to take, follows from these files and from no connector.
//   npm i --prefix FOLDER --ignore-scripts openai @anthropic-ai/sdk @langfuse/core @openrouter/sdk
//   node test/contracts/refresh.mjs FOLDER      then read the difference
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const MODULES = join(process.argv[2] ?? '.', 'node_modules');
const USAGE = {
  completions: 'Completions',
  embeddings: 'Embeddings',
  moderations: 'Moderations',
  images: 'Images',
  audio_speeches: 'AudioSpeeches',
  audio_transcriptions: 'AudioTranscriptions',
  vector_stores: 'VectorStores',
  code_interpreter_sessions: 'CodeInterpreterSessions',
  file_search_calls: 'FileSearchCalls',
  web_search_calls: 'WebSearchCalls',
  decisions: 'Decisions',
};
const usage = 'usage.d.ts';
const projects = 'projects/projects.d.ts';

/** Of each file: where its types lie, and which of them says what. */
const FILES = {
  openai: {
    package: 'openai',
    root: 'resources/admin/organization',
    types: {
      'GET /organization/costs params': [usage, 'UsageCostsParams'],
      'GET /organization/costs': [usage, 'UsageCostsResponse'],
      'GET /organization/usage/decisions': [usage, 'UsageDecisionsResponse'],
      ...Object.fromEntries(
        Object.entries(USAGE).map(([name, type]) => [
          `GET /organization/usage/${name} params`,
          [usage, `Usage${type}Params`],
        ]),
      ),
      'GET /organization/projects params': [projects, 'ProjectListParams'],
      'GET /organization/projects item': [projects, 'Project'],
      'GET /organization/projects/{id}/api_keys params': ['projects/api-keys.d.ts', 'APIKeyListParams'],
      'GET /organization/projects/{id}/api_keys item': ['projects/api-keys.d.ts', 'ProjectAPIKey'],
      'GET /organization/projects/{id}/service_accounts params': [
        'projects/service-accounts.d.ts',
        'ServiceAccountListParams',
      ],
      'GET /organization/projects/{id}/service_accounts item': [
        'projects/service-accounts.d.ts',
        'ProjectServiceAccount',
      ],
      'GET /organization/users params': ['users/users.d.ts', 'UserListParams'],
      'GET /organization/users item': ['users/users.d.ts', 'OrganizationUser'],
      'GET /organization/admin_api_keys params': ['admin-api-keys.d.ts', 'AdminAPIKeyListParams'],
      'GET /organization/admin_api_keys item': ['admin-api-keys.d.ts', 'AdminAPIKey'],
      'GET /organization/audit_logs params': ['audit-logs.d.ts', 'AuditLogListParams'],
    },
  },
  anthropic: {
    package: '@anthropic-ai/sdk',
    root: 'resources/beta/organization',
    types: {
      'GET /v1/organizations/analytics/cost params': ['analytics/cost.d.ts', 'CostListParams'],
      'GET /v1/organizations/analytics/cost item': ['analytics/cost.d.ts', 'BetaAnalyticsCostItem'],
      'GET /v1/organizations/analytics/usage params': ['analytics/usage.d.ts', 'UsageListParams'],
      'GET /v1/organizations/analytics/usage item': ['analytics/usage.d.ts', 'BetaAnalyticsUsageItem'],
      'GET /v1/organizations/spend_limits/effective item': [
        'spend-limits/spend-limits.d.ts',
        'BetaSpendSummary',
      ],
      'GET /v1/organizations/service_accounts params': ['service-accounts.d.ts', 'ServiceAccountListParams'],
      'GET /v1/organizations/service_accounts item': ['service-accounts.d.ts', 'BetaServiceAccount'],
      'GET /v1/organizations/workspaces item': ['workspaces.d.ts', 'BetaWorkspace'],
      'GET /v1/organizations/users item': ['users.d.ts', 'BetaOrganizationUser'],
      'GET /v1/organizations/api_keys item': ['api-keys.d.ts', 'BetaAPIKey'],
    },
  },
  langfuse: {
    package: '@langfuse/core',
    root: 'dist',
    types: {
      'GET /api/public/v2/observations params': ['index.d.ts', 'GetObservationsV2Request'],
      'GET /api/public/v2/observations': ['index.d.ts', 'ObservationsV2Response'],
    },
  },
  openrouter: {
    package: '@openrouter/sdk',
    root: 'esm/models',
    // The package renames what the wire writes with underscores.
    rename: (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    types: {
      'GET /api/v1/activity params': ['operations/getuseractivity.d.ts', 'GetUserActivityRequest'],
      'GET /api/v1/activity item': ['activityitem.d.ts', 'ActivityItem'],
      'GET /api/v1/organization/members params': [
        'operations/listorganizationmembers.d.ts',
        'ListOrganizationMembersRequest',
      ],
      'GET /api/v1/organization/members': [
        'operations/listorganizationmembers.d.ts',
        'ListOrganizationMembersResponseBody',
      ],
    },
  },
};

for (const [name, { package: named, root, rename = (same) => same, types }] of Object.entries(FILES)) {
  const at = (file) => join(MODULES, named, root, file);
  const files = [...new Set(Object.values(types).map(([file]) => at(file)))];
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const facts = Object.fromEntries(
    Object.entries(types).map(([what, [file, exported]]) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(at(file)));
      const symbol = checker.getExportsOfModule(module).find((each) => each.name === exported);
      return [what, symbol === undefined ? 'GONE' : shapeOf(checker, checker.getDeclaredTypeOfSymbol(symbol), rename)];
    }),
  );
  const { version } = JSON.parse(readFileSync(join(MODULES, named, 'package.json'), 'utf8'));
  const text = JSON.stringify({ package: named, version, facts }, null, 1);
  writeFileSync(new URL(`${name}.json`, import.meta.url), `${text}\n`);
}

/**
 * A type as JSON: a name that ends in `?` may be absent, a list is a choice, `{"array": ...}` is a list, literals
 * stand in single quotes.
 */
function shapeOf(checker, type, rename, seen = []) {
  const inner = (each) => shapeOf(checker, each, rename, [...seen, type]);
  if (seen.length > 7) return '…';
  if (type.isUnion()) {
    const parts = [...new Set(type.types.map((part) => JSON.stringify(inner(part))))].toSorted();
    return parts.length === 1 ? JSON.parse(parts[0]) : parts.map((part) => JSON.parse(part));
  }
  if (type.isStringLiteral()) return `'${type.value}'`;
  if (type.flags & ts.TypeFlags.BooleanLiteral) return 'boolean';
  if (checker.isArrayType(type)) return { array: inner(checker.getTypeArguments(type)[0]) };
  if (!(type.flags & ts.TypeFlags.Object) || type.getProperties().length === 0 || seen.includes(type))
    return checker.typeToString(type);
  const properties = type.getProperties().filter(({ name }) => name !== 'betas');
  return Object.fromEntries(
    properties
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((each) => [
        `${rename(each.name)}${each.flags & ts.SymbolFlags.Optional ? '?' : ''}`,
        inner(checker.getTypeOfSymbol(each)),
      ]),
  );
}
