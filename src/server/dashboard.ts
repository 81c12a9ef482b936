// The dashboard: a plain page of a cluster's workloads, made of the server's own tables.
// Called by: http.ts, main.minikube.ts, main.runtime.ts. Must not know: kinds, sockets.
import type { ApiRequest, ApiResponse } from '../apiserver/types.ts';

interface Table {
  columnDefinitions: { name: string; priority?: number }[];
  rows: { cells: unknown[]; object?: { metadata?: { namespace?: string } } }[];
}

const SECTIONS: readonly { title: string; path: string }[] = [
  { title: 'Nodes', path: '/api/v1/nodes' },
  { title: 'Deployments', path: '/apis/apps/v1/deployments' },
  { title: 'Daemon Sets', path: '/apis/apps/v1/daemonsets' },
  { title: 'Jobs', path: '/apis/batch/v1/jobs' },
  { title: 'Pods', path: '/api/v1/pods' },
  { title: 'Replica Sets', path: '/apis/apps/v1/replicasets' },
  { title: 'Services', path: '/api/v1/services' },
  { title: 'Events', path: '/api/v1/events' },
];

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd;white-space:nowrap}
th{color:#555;font-weight:600}p{color:#555}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}th,td{border-color:#383838}th,p{color:#aaa}}`;

const ADDRESS = /^\/api\/v1\/namespaces\/[^/]+\/services\/(https?:)?kubernetes-dashboard(:\w*)?\/proxy\/$/;

/**
 * Returns the dashboard's page in place of what its simulated pod answers, when the request was for that and the pod answers.
 * A container cannot ask the API; the door that the request came through can.
 */
export async function withDashboard(
  request: ApiRequest,
  response: ApiResponse,
  answer: (request: ApiRequest) => Promise<ApiResponse>,
): Promise<ApiResponse> {
  if (request.method !== 'GET' || response.status !== 200 || !ADDRESS.test(request.path)) return response;
  const text = await dashboardPage(answer);
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, warnings: response.warnings, text };
}

/** Returns the page as HTML. `request` answers GET requests of the API. */
export async function dashboardPage(request: (request: ApiRequest) => Promise<ApiResponse>): Promise<string> {
  const sections: string[] = [];
  for (const { title, path } of SECTIONS) {
    const response = await request({
      method: 'GET',
      path,
      query: new URLSearchParams(),
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    if (response.status === 200) sections.push(section(title, response.body as Table));
  }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Kubernetes Dashboard</title>
<style>${STYLE}</style></head><body><h1>Workloads</h1>
${sections.join('\n')}
</body></html>
`;
}

function section(title: string, { columnDefinitions, rows }: Table): string {
  if (rows.length === 0) return `<h2>${title}</h2><p>There is nothing to display here.</p>`;
  const shown = columnDefinitions.map((column, index) => ({ ...column, index })).filter((c) => (c.priority ?? 0) === 0);
  const hasNamespace = rows.some((row) => row.object?.metadata?.namespace !== undefined);
  const head = [...(hasNamespace ? ['Namespace'] : []), ...shown.map((column) => column.name)];
  const body = rows.map((row) => {
    const cells = shown.map((column) => row.cells[column.index]);
    return [...(hasNamespace ? [row.object?.metadata?.namespace ?? ''] : []), ...cells];
  });
  return `<h2>${title}</h2><div class="scroll"><table><thead>${tableRow('th', head)}</thead><tbody>${body.map((cells) => tableRow('td', cells)).join('\n')}</tbody></table></div>`;
}

function tableRow(tag: 'th' | 'td', cells: readonly unknown[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(String(cell ?? ''))}</${tag}>`).join('')}</tr>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
