import { describe, expect, it } from '@jest/globals';
import { described } from './describing.ts';

const HIDDEN = { showsEvents: false };

/** A slice of the service `web` with these endpoints on these ports. */
function slice(name: string, endpoints: string, ports = '[{name: "", port: 80}]'): string {
  return `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: ${endpoints}
ports: ${ports}
`;
}

const WEB = `
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

describe('describe service', () => {
  it('shows addresses, ports and policies', async () => {
    const text = await described(`
kind: Service
metadata: {name: web, labels: {grp: two}, annotations: {owner: web team}}
spec:
  selector: {app: web, tier: front}
  type: LoadBalancer
  ipFamilyPolicy: PreferDualStack
  ipFamilies: [IPv4, IPv6]
  clusterIP: 10.96.0.7
  clusterIPs: [10.96.0.7, "fd00::7"]
  externalIPs: [192.0.2.1]
  loadBalancerIP: 192.0.2.9
  ports:
  - {name: http, port: 80, targetPort: web, nodePort: 30080}
  - {name: dns, port: 53, protocol: UDP}
  sessionAffinity: ClientIP
  externalTrafficPolicy: Local
  internalTrafficPolicy: Cluster
  healthCheckNodePort: 30900
  loadBalancerSourceRanges: [10.0.0.0/8, 192.0.2.0/24]
  trafficDistribution: PreferClose
status: {loadBalancer: {ingress: [{ip: 192.0.2.9, ipMode: VIP}, {hostname: lb.example.com}]}}
${slice('web-1', '[{addresses: [10.244.0.5]}]', '[{name: http, port: 8080}, {name: dns, port: 53}]')}`);
    expect(text).toBe(`Name:                        web
Namespace:                   default
Labels:                      grp=two
Annotations:                 owner: web team
Selector:                    app=web,tier=front
Type:                        LoadBalancer
IP Family Policy:            PreferDualStack
IP Families:                 IPv4,IPv6
IP:                          10.96.0.7
IPs:                         10.96.0.7,fd00::7
External IPs:                192.0.2.1
Desired LoadBalancer IP:     192.0.2.9
LoadBalancer Ingress:        192.0.2.9 (VIP), lb.example.com
Port:                        http  80/TCP
TargetPort:                  web/TCP
NodePort:                    http  30080/TCP
Endpoints:                   10.244.0.5:8080
Port:                        dns  53/UDP
TargetPort:                  53/UDP
Endpoints:                   10.244.0.5:53
Session Affinity:            ClientIP
External Traffic Policy:     Local
Internal Traffic Policy:     Cluster
HealthCheck NodePort:        30900
LoadBalancer Source Ranges:  10.0.0.0/8,192.0.2.0/24
Traffic Distribution:        PreferClose
Events:                      <none>
`);
  });

  // Recorded from a genuine cluster, but for the families.
  it('of type ExternalName has no address', async () => {
    const text = await described(
      'kind: Service\nmetadata: {name: ext}\nspec: {type: ExternalName, externalName: db.example.com}\n',
    );
    expect(text).toBe(`Name:              ext
Namespace:         default
Labels:            <none>
Annotations:       <none>
Selector:          <none>
Type:              ExternalName
IP Families:       <none>
IP:                
IPs:               <none>
External Name:     db.example.com
Session Affinity:  None
Events:            <none>
`);
  });

  const four = '[{addresses: [a]}, {addresses: [b]}, {addresses: [c]}, {addresses: [d]}]';
  it.each<[string, string, string]>([
    ['there are no slices', '', '<none>'],
    ['none is ready', slice('s', '[{addresses: [a], conditions: {ready: false}}]'), ''],
    [
      'some are ready',
      slice('s', '[{addresses: [a], conditions: {ready: false}}, {addresses: [b], conditions: {ready: true}}]'),
      'b:80',
    ],
    ['there are many', slice('s', four), 'a:80,b:80,c:80 + 1 more...'],
    [
      'one past the line is not ready',
      slice('s', four.replace('[d]', '[d], conditions: {ready: false}')),
      'a:80,b:80,c:80 + 0 more...',
    ],
    [
      'they have several slices',
      slice('s', '[{addresses: ["fd00::1"]}]') + slice('t', '[{addresses: [b]}]'),
      '[fd00::1]:80,b:80',
    ],
    ['the port has another name', slice('s', '[{addresses: [a]}]', '[{name: admin, port: 81}]'), ''],
    ['there are no ports', slice('s', '[{addresses: [a]}, {addresses: [b]}]', '[]'), 'a,b'],
  ])('shows the endpoints when %s', async (_when, slices, expected) => {
    const text = await described(WEB + slices);
    expect(/^Endpoints: +(.*)$/m.exec(text)?.[1]).toBe(expected);
  });
});

describe('describe endpoints', () => {
  it('shows each subset with an empty line behind it', async () => {
    const text = await described(`
kind: Endpoints
metadata: {name: web}
subsets:
- addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}]
  ports: [{port: 80}, {name: metrics, port: 9090}]
- notReadyAddresses: [{ip: 10.0.0.3}]
`);
    expect(text).toBe(`Name:         web
Namespace:    default
Labels:       <none>
Annotations:  <none>
Subsets:
  Addresses:          10.0.0.1,10.0.0.2
  NotReadyAddresses:  <none>
  Ports:
    Name     Port  Protocol
    ----     ----  --------
    <unset>  80    TCP
    metrics  9090  TCP

  Addresses:          <none>
  NotReadyAddresses:  10.0.0.3

Events:  <none>
`);
  });
});

describe('describe endpointslice', () => {
  it('shows ports and endpoints', async () => {
    const text = await described(`
kind: EndpointSlice
metadata: {name: web-1}
addressType: IPv4
ports: [{port: 80}, {name: metrics, protocol: UDP}]
endpoints:
- addresses: [10.0.0.1, 10.0.0.2]
  conditions: {ready: true}
  hostname: web-0
  targetRef: {kind: Pod, name: web-0}
  nodeName: node-1
  zone: a
- addresses: [10.0.0.3]
`);
    expect(text).toBe(`Name:         web-1
Namespace:    default
Labels:       <none>
Annotations:  <none>
AddressType:  IPv4
Ports:
  Name     Port     Protocol
  ----     ----     --------
  <unset>  80       TCP
  metrics  <unset>  UDP
Endpoints:
  - Addresses:  10.0.0.1, 10.0.0.2
    Conditions:
      Ready:    true
    Hostname:   web-0
    TargetRef:  Pod/web-0
    NodeName:   node-1
    Zone:       a
  - Addresses:  10.0.0.3
    Conditions:
      Ready:   <unset>
    Hostname:  <unset>
    NodeName:  <unset>
    Zone:      <unset>
Events:        <none>
`);
  });

  it('says when there is nothing', async () => {
    const text = await described('kind: EndpointSlice\nmetadata: {name: none}\naddressType: IPv6\n', HIDDEN);
    expect(text).toBe(`Name:         none
Namespace:    default
Labels:       <none>
Annotations:  <none>
AddressType:  IPv6
Ports: <unset>
Endpoints: <none>
`);
  });
});

describe('describe ingress', () => {
  it('shows the endpoints behind each path', async () => {
    const text = await described(`
kind: Ingress
metadata: {name: fan, annotations: {team: web}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [a.example.com, b.example.com], secretName: cert}, {hosts: [c.example.com]}]
  defaultBackend: {service: {name: gone, port: {number: 80}}}
  rules:
  - host: a.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /named, pathType: Exact, backend: {service: {name: web, port: {name: http}}}}
  - {host: empty.example.com}
  - http:
      paths: [{pathType: Prefix, backend: {resource: {apiGroup: x.io, kind: Bucket, name: static}}}]
status: {loadBalancer: {ingress: [{ip: 192.0.2.2}, {hostname: lb}, {ip: 192.0.2.1}]}}
---
kind: Service
metadata: {name: web}
spec: {ports: [{name: http, port: 80}]}
${slice('s', '[{addresses: [10.0.0.1]}]', '[{name: http, port: 8080}]')}`);
    expect(text).toBe(`Name:             fan
Labels:           <none>
Namespace:        default
Address:          192.0.2.1,192.0.2.2,lb
Ingress Class:    nginx
Default backend:  gone:80 (<error: services "gone" not found>)
TLS:
  cert terminates a.example.com,b.example.com
  SNI routes c.example.com
Rules:
  Host           Path  Backends
  ----           ----  --------
  a.example.com  
                 /        web:80 (10.0.0.1:8080)
                 /named   web:http (10.0.0.1:8080)
  *              
                    APIGroup: x.io, Kind: Bucket, Name: static
Annotations:     team: web
Events:          <none>
`);
  });

  it('sends everything to the default backend when there are no rules', async () => {
    const text = await described('kind: Ingress\nmetadata: {name: one}\nspec: {}\n', HIDDEN);
    expect(text).toBe(`Name:             one
Labels:           <none>
Namespace:        default
Address:          
Ingress Class:    <none>
Default backend:  <default>
Rules:
  Host        Path  Backends
  ----        ----  --------
  *           *     <default>
Annotations:  <none>
`);
  });
});

describe('describe ingressclass', () => {
  it('shows controller and parameters', async () => {
    const text = await described(`
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx, parameters: {apiGroup: x.io, kind: Params, name: external}}
`);
    expect(text).toBe(`Name:         nginx
Labels:       <none>
Annotations:  <none>
Controller:   k8s.io/ingress-nginx
Parameters:
  APIGroup:  x.io
  Kind:      Params
  Name:      external
Events:      <none>
`);
  });
});
