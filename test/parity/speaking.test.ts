import { accessGroups } from './access.cases.ts';
import { certificateGroups } from './certificates.cases.ts';
import { compareDoors } from './compare.ts';
import { customResourceGroups } from './customresources.cases.ts';
import { usageGroups } from './usage.cases.ts';

compareDoors([...usageGroups, ...accessGroups, ...certificateGroups, ...customResourceGroups]);
