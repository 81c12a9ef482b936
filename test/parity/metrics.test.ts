import { compareDoors } from './compare.ts';
import { metricsGroups } from './metrics.cases.ts';

compareDoors(metricsGroups);
