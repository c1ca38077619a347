import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { alertStoreContract } from '../contract/alerts.js';

alertStoreContract(() => openSqliteStore(':memory:'));
