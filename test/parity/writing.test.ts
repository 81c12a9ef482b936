import { applyingGroups } from './apply.cases.ts';
import { changingGroups } from './change.cases.ts';
import { compareDoors } from './compare.ts';
import { creatingGroups } from './create.cases.ts';

compareDoors([...applyingGroups, ...creatingGroups, ...changingGroups]);
