import { compareDoors } from './compare.ts';
import { accessGroups } from './access.cases.ts';

compareDoors(accessGroups);
