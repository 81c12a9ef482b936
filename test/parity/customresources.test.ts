import { compareDoors } from './compare.ts';
import { customResourceGroups } from './customresources.cases.ts';

compareDoors([...customResourceGroups]);
