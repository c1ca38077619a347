import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { measureStoreContract } from '../contract/measures.js';

measureStoreContract(() => openSqliteStore(':memory:'));
