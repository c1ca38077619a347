import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { directoryStoreContract } from '../contract/directory.js';

directoryStoreContract(() => openSqliteStore(':memory:'));
