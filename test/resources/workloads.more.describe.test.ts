import { describe, expect, it } from '@jest/globals';
import { described } from './describing.ts';

const HIDDEN = { showsEvents: false };

describe('descriptions', () => {
  it('of a StatefulSet', async () => {
    const text = await described(
      `
kind: StatefulSet
metadata: {name: web, creationTimestamp: "2026-11-23T13:55:00Z"}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
status: {replicas: 2}
`,
      HIDDEN,
    );
    expect(text).toBe(`Name:               web
Namespace:          default
CreationTimestamp:  Mon, 23 Nov 2026 13:55:00 +0000
Selector:           app=web
Labels:             <none>
Annotations:        <none>
Replicas:           2 desired | 2 total
Update Strategy:    RollingUpdate
  Partition:        0
  MaxUnavailable:   1
Pods Status:        0 Running / 0 Waiting / 0 Succeeded / 0 Failed
Pod Template:
  Labels:  app=web
  Containers:
   c:
    Image:         nginx
    Port:          <none>
    Host Port:     <none>
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Volume Claims:
  Name:          data
  StorageClass:  
  Labels:        <none>
  Annotations:   <none>
  Capacity:      1Gi
  Access Modes:  [ReadWriteOnce]
`);
  });

  it('of a PodDisruptionBudget', async () => {
    const text = await described(
      `
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
status: {disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3}
`,
      HIDDEN,
    );
    expect(text).toBe(`Name:             web
Namespace:        default
Max unavailable:  1
Selector:         app=web
Status:
    Allowed disruptions:  1
    Current:              3
    Desired:              2
    Total:                3
`);
  });
});
