import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { priceStoreContract } from '../contract/prices.js';

priceStoreContract(() => openSqliteStore(':memory:'));
