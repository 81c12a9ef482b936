import { compareDoors } from './compare.ts';
import { gettingGroups } from './get.cases.ts';

compareDoors([...gettingGroups]);
