import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { tokenRecordStoreContract } from '../contract/token-records.js';

tokenRecordStoreContract(() => openSqliteStore(':memory:'));
