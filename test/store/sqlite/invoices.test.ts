import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { invoiceStoreContract } from '../contract/invoices.js';

invoiceStoreContract(() => openSqliteStore(':memory:'));
