import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { seatStoreContract } from '../contract/seats.js';

seatStoreContract(() => openSqliteStore(':memory:'));
