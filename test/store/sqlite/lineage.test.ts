import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { describeLineageStore } from '../contract/lineage.js';

describeLineageStore(() => openSqliteStore(':memory:'));
