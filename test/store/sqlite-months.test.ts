import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { describeClosedMonths } from './contract/closed-months.js';

describeClosedMonths(() => openSqliteStore(':memory:'));
