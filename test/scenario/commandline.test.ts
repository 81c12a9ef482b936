// Command lines that need no shell, compared with bash; and those that do.
import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { parseSimpleCommand } from '../../src/scenario/commandline.ts';

it.each([
  'kubectl get pods -n kube-system',
  `kubectl get pods -o jsonpath='{.items[*].metadata.name}{"\\n"}'`,
  'kubectl label pod web "a=b c" d=\\"e\\"  # and a remark',
  'kubectl get pod web -o jsonpath={.status.phase}',
  'kubectl annotate pod web note="it\'s \\$5 \\`x\\` \\\\ \\n"',
  'kubectl patch deploy web -p \'{"spec":{"replicas":2}}\'',
  'kubectl get pods \\\n  -o wide \\\n\t-A',
  'kubectl create cm x --from-literal=a= --from-literal=b=""',
  "A=1 B='2 3' kubectl edit",
  'kubectl get x"y"z\\ w a#b x~ 50%!',
  "kubectl apply -f - <<'EOF'\na: $x\nb: `y`\nEOF",
  'kubectl apply -f - <<EOF\na: 1\n\n  b: "2"\nEOF\n',
  'kubectl apply -f -  <<-END\n\ta: 1\n\tEND',
])('%s', (line) => {
  const print = `printf '%s\\0' "$@"; printf '\\1'; [ -t 0 ] || cat`;
  const script = line.replace(/\bkubectl\b/, 'shown kubectl');
  const { stdout, status } = spawnSync('bash', ['-c', `shown() { ${print}; }\n${script}`], {
    input: '',
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  const [words = '', stdin = ''] = stdout.split('\u0001');
  const command = parseSimpleCommand(line);
  expect(command?.argv).toEqual(words.split('\0').slice(0, -1));
  expect(command?.stdin ?? '').toBe(stdin);
});

it('keeps assignments before the command apart', () => {
  expect(parseSimpleCommand("A=1 B='2 3' kubectl edit C=4")).toEqual({
    argv: ['kubectl', 'edit', 'C=4'],
    env: { A: '1', B: '2 3' },
  });
});

it.each([
  'kubectl get pods | grep web',
  'kubectl get pods > out.txt',
  'kubectl delete -f x.yaml && kubectl get pods',
  'kubectl get pods; kubectl get nodes',
  'kubectl get pods\nkubectl get nodes',
  'kubectl get pod $NAME',
  'kubectl get pod "$(cat name)"',
  'kubectl get pod `cat name`',
  'kubectl get -f *.yaml',
  'kubectl get -f file?.yaml',
  'kubectl get -f ~/x.yaml',
  'kubectl get x=~/x.yaml',
  'kubectl create -f {a,b}.yaml',
  '! kubectl get pods',
  'kubectl get "pods',
  "kubectl get 'pods",
  'kubectl get pods \\',
  'kubectl apply -f - <<EOF\na: $x\nEOF',
  'kubectl apply -f - <<EOF\na: 1',
  'kubectl apply -f - <<EOF\na: 1\nEOF\nkubectl get pods',
  'kubectl apply -f - <<EOF | cat\na: 1\nEOF',
  'kubectl apply -f - <<< x',
  'kubectl get pods &',
  'A=1',
  '# nothing',
  '',
])('only a shell knows what this does: %s', (line) => {
  expect(parseSimpleCommand(line)).toBeUndefined();
});
