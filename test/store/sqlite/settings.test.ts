import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { settingsStoreContract } from '../contract/settings.js';

settingsStoreContract(() => openSqliteStore(':memory:'));
