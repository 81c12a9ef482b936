// What a parsed Go template consists of, and how its parts read in error texts.
// Called by: machinery/gotemplate.parser.ts, machinery/gotemplate.exec.ts. Must not know: execution.
// Upstream: Go text/template/parse/node.go.
import { quote } from './strconv.ts';

interface At {
  /** Where error texts point to. */
  position: number;
}

export type Operand =
  | (At & { type: 'bool'; value: boolean })
  | (At & { type: 'dot' })
  | (At & { type: 'nil' })
  | (At & { type: 'number'; text: string; value: number; kind: 'int' | 'int32' | 'float64' })
  | (At & { type: 'string'; text: string; quoted: string })
  | (At & { type: 'field'; names: string[] })
  /** names[0] has the dollar sign. */
  | (At & { type: 'variable'; names: string[] })
  | (At & { type: 'identifier'; name: string })
  | (At & { type: 'chain'; node: Operand; names: string[] })
  | Pipe;

export interface Pipe extends At {
  type: 'pipe';
  /** Variables declared or assigned: `$i, $x := …`. */
  variables: string[];
  isAssign: boolean;
  commands: Command[];
}

export interface Command extends At {
  type: 'command';
  args: Operand[];
}

export interface Branch extends At {
  type: 'if' | 'range' | 'with';
  pipe: Pipe;
  list: TemplateNode[];
  otherwise: TemplateNode[] | undefined;
}

export type TemplateNode =
  | (At & { type: 'text'; text: string })
  | (At & { type: 'action'; pipe: Pipe })
  | (At & { type: 'break' | 'continue' })
  | (At & { type: 'template'; name: string; pipe: Pipe | undefined })
  | Branch;

export type AnyNode = Operand | Command | TemplateNode;

/** A template and those defined in it; all share one text. */
export interface ParsedTemplate {
  text: string;
  root: TemplateNode[];
  defined: Map<string, TemplateNode[]>;
}

/** Returns the node as a template would write it. Upstream: Node.String. */
export function nodeText(node: AnyNode): string {
  switch (node.type) {
    case 'bool':
      return String(node.value);
    case 'dot':
      return '.';
    case 'nil':
    case 'break':
    case 'continue':
      return node.type === 'nil' ? 'nil' : `{{${node.type}}}`;
    case 'number':
    case 'text':
      return node.text;
    case 'string':
      return node.quoted;
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return node.names.join('.');
    case 'identifier':
      return node.name;
    case 'chain':
      return `${argText(node.node)}${node.names.map((name) => `.${name}`).join('')}`;
    case 'pipe':
      return pipeText(node);
    case 'command':
      return node.args.map(argText).join(' ');
    case 'action':
      return `{{${pipeText(node.pipe)}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe ? ` ${pipeText(node.pipe)}` : ''}}}`;
    default:
      return branchText(node);
  }
}

function argText(node: Operand): string {
  return node.type === 'pipe' ? `(${pipeText(node)})` : nodeText(node);
}

function pipeText({ variables, isAssign, commands }: Pipe): string {
  const declared = variables.length === 0 ? '' : `${variables.join(', ')} ${isAssign ? '=' : ':='} `;
  return declared + commands.map(nodeText).join(' | ');
}

function branchText({ type, pipe, list, otherwise }: Branch): string {
  const other = otherwise ? `{{else}}${otherwise.map(nodeText).join('')}` : '';
  return `{{${type} ${pipeText(pipe)}}}${list.map(nodeText).join('')}${other}{{end}}`;
}
