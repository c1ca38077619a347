import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { describeWorkStore } from '../contract/work.js';

describeWorkStore(() => openSqliteStore(':memory:'));
