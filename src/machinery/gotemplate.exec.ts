// Runs a parsed Go template on a JSON value.
// Called by: machinery/gotemplate.ts. Must not know: how templates are parsed. Upstream: Go text/template/exec.go.
import { goString } from './gofmt.ts';
import { failToCall, isTrue, templateFunctions, type TemplateFunction } from './gotemplate.functions.ts';
import {
  nodeText,
  type AnyNode,
  type Branch,
  type Command,
  type Operand,
  type ParsedTemplate,
} from './gotemplate.nodes.ts';
import type { Pipe, TemplateNode } from './gotemplate.nodes.ts';
import { GoNumber, goType, integerOf, isMap } from './govalue.ts';
import { byteLength, quote } from './strconv.ts';
import type { TextSink } from './table.ts';

export interface ExecutionOptions {
  /** The template's name in error texts. */
  name: string;
  /** Default true: a key that is not there gives `<no value>`. */
  allowMissingKeys: boolean;
}

/**
 * A value on its way. `isInterface` as long as Go would still see the `interface {}` that a map or list holds it in.
 * undefined is Go's invalid value, null a nil interface.
 */
interface Value {
  value: unknown;
  isInterface: boolean;
}

const INVALID: Value = { value: undefined, isInterface: false };

function concrete(value: unknown): Value {
  return { value: value === null ? undefined : value, isInterface: false };
}

/** What a map or a list holds. */
function element(item: unknown): Value {
  return { value: item, isInterface: true };
}

const BREAK = Symbol('break');
const CONTINUE = Symbol('continue');
type Flow = typeof BREAK | typeof CONTINUE | undefined;

/**
 * Writes what the template gives for the data, as it goes: what stands before an error is written.
 * @throws Error `template: output:1:7: executing "output" at <.spec.nope>: map has no entry for key "nope"`.
 */
export function executeGoTemplate(
  template: ParsedTemplate,
  data: unknown,
  out: TextSink,
  options: ExecutionOptions,
): void {
  new State(template, out, options, options.name).execute(template.root, concrete(data), 0);
}

class State {
  private readonly template: ParsedTemplate;
  private readonly out: TextSink;
  private readonly options: ExecutionOptions;
  /** The template that runs: the main one or one that it calls. */
  private readonly name: string;
  private variables: { name: string; value: Value }[] = [];
  private node: AnyNode | undefined;
  private depth = 0;

  constructor(template: ParsedTemplate, out: TextSink, options: ExecutionOptions, name: string) {
    this.template = template;
    this.out = out;
    this.options = options;
    this.name = name;
  }

  execute(nodes: readonly TemplateNode[], dot: Value, depth: number): void {
    this.depth = depth;
    this.variables = [{ name: '$', value: dot }];
    this.walkList(dot, nodes);
  }

  private fail(message: string): never {
    const { node } = this;
    if (!node) throw new Error(`template: ${this.name}: ${message}`);
    const before = this.template.text.slice(0, node.position);
    const line = before.split('\n').length;
    const column = byteLength(before.slice(before.lastIndexOf('\n') + 1));
    const where = `${this.options.name}:${line}:${column}: executing ${quote(this.name)} at <${nodeText(node)}>`;
    throw new Error(`template: ${where}: ${message}`);
  }

  private walkList(dot: Value, nodes: readonly TemplateNode[]): Flow {
    for (const node of nodes) {
      const flow = this.walk(dot, node);
      if (flow) return flow;
    }
    return undefined;
  }

  private walk(dot: Value, node: TemplateNode): Flow {
    this.node = node;
    switch (node.type) {
      case 'text':
        this.out.write(node.text);
        return undefined;
      case 'action': {
        const value = this.pipeline(dot, node.pipe);
        if (node.pipe.variables.length === 0) this.print(node, value);
        return undefined;
      }
      case 'break':
        return BREAK;
      case 'continue':
        return CONTINUE;
      case 'template':
        this.call(dot, node);
        return undefined;
      case 'range':
        return this.range(dot, node);
      default:
        return this.ifOrWith(dot, node);
    }
  }

  private print(node: AnyNode, { value }: Value): void {
    this.node = node;
    this.out.write(value === undefined ? '<no value>' : goString(value));
  }

  private ifOrWith(dot: Value, { type, pipe, list, otherwise }: Branch): Flow {
    const mark = this.variables.length;
    const value = this.pipeline(dot, pipe);
    let flow: Flow;
    if (isTrue(value.value)) flow = this.walkList(type === 'with' ? value : dot, list);
    else if (otherwise) flow = this.walkList(dot, otherwise);
    this.variables.length = mark;
    return flow;
  }

  private range(dot: Value, branch: Branch): Flow {
    const mark = this.variables.length;
    const { value } = this.pipeline(dot, branch.pipe);
    const inner = this.variables.length;
    let isEmpty = true;
    for (const [index, item] of this.elements(value, branch.pipe)) {
      isEmpty = false;
      this.setLoopVariables(branch.pipe, concrete(index), item);
      const flow = this.walkList(item, branch.list);
      this.variables.length = inner;
      if (flow === BREAK) break;
    }
    const flow = isEmpty && branch.otherwise ? this.walkList(dot, branch.otherwise) : undefined;
    this.variables.length = mark;
    return flow;
  }

  private elements(value: unknown, { variables }: Pipe): [unknown, Value][] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map((item, i) => [new GoNumber(i, 'int'), element(item)]);
    if (isMap(value)) {
      return Object.keys(value)
        .sort()
        .map((key) => [key, element(value[key])]);
    }
    const count = integerOf(value);
    if (count === undefined) this.fail(`range can't iterate over ${goString(value)}`);
    if (variables.length > 1) this.fail(`can't use ${count} to iterate over more than one variable`);
    return Array.from({ length: Math.max(0, count) }, (_, i) => [undefined, concrete(i)]);
  }

  private setLoopVariables({ variables, isAssign }: Pipe, index: Value, item: Value): void {
    const [first, second] = variables;
    if (first === undefined) return;
    if (isAssign) {
      this.assign(first, second === undefined ? item : index);
      if (second !== undefined) this.assign(second, item);
      return;
    }
    // Declared in order, so the last of them is on top: the element, and below it the index.
    const top = this.variables.length - 1;
    this.variables[top] = { name: second ?? first, value: item };
    if (second !== undefined) this.variables[top - 1] = { name: first, value: index };
  }

  private assign(name: string, value: Value): void {
    const at = this.variables.findLastIndex((variable) => variable.name === name);
    if (at < 0) this.fail(`undefined variable: ${name}`);
    this.variables[at] = { name, value };
  }

  private call(dot: Value, node: Extract<TemplateNode, { type: 'template' }>): void {
    const nodes = node.name === this.options.name ? this.template.root : this.template.defined.get(node.name);
    if (!nodes) this.fail(`template ${quote(node.name)} not defined`);
    if (this.depth >= 1000) this.fail('exceeded maximum template depth (100000)');
    const value = node.pipe ? this.pipeline(dot, node.pipe) : INVALID;
    new State(this.template, this.out, this.options, node.name).execute(nodes, value, this.depth + 1);
  }

  private pipeline(dot: Value, pipe: Pipe): Value {
    this.node = pipe;
    let value: Value | undefined;
    for (const command of pipe.commands) value = concrete(this.command(dot, command, value).value);
    const result = value ?? INVALID;
    for (const name of pipe.variables) {
      if (pipe.isAssign) this.assign(name, result);
      else this.variables.push({ name, value: result });
    }
    return result;
  }

  /** `final` is the value of the command before, which is the last argument of this one. */
  private command(dot: Value, command: Command, final: Value | undefined): Value {
    const [first] = command.args;
    if (!first) return this.fail('empty command');
    switch (first.type) {
      case 'field':
        this.node = first;
        return this.fieldChain(dot, first.names, command.args, final);
      case 'chain':
        return this.chain(dot, first, command.args, final);
      case 'identifier':
        return this.function(dot, first, { command, args: command.args.slice(1), final });
      case 'variable':
        return this.variable(first, command.args, final);
      default:
        this.requireNoArguments(command.args, final);
        if (first.type === 'pipe') return this.pipeline(dot, first);
        this.node = first;
        if (first.type === 'nil') return this.fail('nil is not a command');
        return this.literal(dot, first);
    }
  }

  private requireNoArguments(args: readonly Operand[], final: Value | undefined): void {
    const [first] = args;
    if ((args.length <= 1 && final === undefined) || !first) return;
    this.node = first;
    this.fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  private literal(dot: Value, node: Operand): Value {
    switch (node.type) {
      case 'dot':
        return dot;
      case 'bool':
        return concrete(node.value);
      case 'string':
        return concrete(node.text);
      case 'number':
        return concrete(new GoNumber(node.value, node.kind));
      default:
        return this.fail(`can't evaluate command ${quote(nodeText(node))}`);
    }
  }

  private variable(
    node: Extract<Operand, { type: 'variable' }>,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    this.node = node;
    const [name = '', ...fields] = node.names;
    const found = this.variables.findLast((variable) => variable.name === name);
    if (!found) return this.fail(`undefined variable: ${name}`);
    if (fields.length > 0) return this.fieldChain(found.value, fields, args, final);
    this.requireNoArguments(args, final);
    return found.value;
  }

  private chain(
    dot: Value,
    node: Extract<Operand, { type: 'chain' }>,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    this.node = node;
    const value = this.argument(dot, node.node);
    return this.fieldChain(value, node.names, args, final);
  }

  private fieldChain(
    start: Value,
    names: readonly string[],
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    let value = start;
    for (const [i, name] of names.entries()) {
      const isLast = i === names.length - 1;
      value = this.field(value, name, isLast && (args.length > 1 || final !== undefined));
    }
    return value;
  }

  private field({ value, isInterface }: Value, name: string, hasArguments: boolean): Value {
    if (value === undefined) {
      if (!this.options.allowMissingKeys) this.fail(`nil data; no entry for key ${quote(name)}`);
      return INVALID;
    }
    if (value === null) return this.fail(`nil pointer evaluating interface {}.${name}`);
    if (!isMap(value)) {
      return this.fail(`can't evaluate field ${name} in type ${isInterface ? 'interface {}' : goType(value)}`);
    }
    if (hasArguments) this.fail(`${name} is not a method but has arguments`);
    if (Object.hasOwn(value, name)) return { value: value[name], isInterface: true };
    if (!this.options.allowMissingKeys) this.fail(`map has no entry for key ${quote(name)}`);
    return INVALID;
  }

  private function(
    dot: Value,
    node: Extract<Operand, { type: 'identifier' }>,
    { command, args, final }: { command: AnyNode; args: readonly Operand[]; final: Value | undefined },
  ): Value {
    this.node = node;
    const { name } = node;
    if (name === 'and' || name === 'or') return this.andOr(dot, name, args, final);
    const fn = templateFunctions.get(name);
    if (!fn) return this.fail(`${quote(name)} is not a defined function`);
    const values = this.functionArguments(dot, { name, fn }, args, final);
    try {
      if (name === 'call') failToCall(values[0], args[0] ? nodeText(args[0]) : '');
      return concrete(fn.call(values));
    } catch (error) {
      this.node = command;
      return this.fail(`error calling ${name}: ${(error as Error).message}`);
    }
  }

  private functionArguments(
    dot: Value,
    { name, fn }: { name: string; fn: TemplateFunction },
    args: readonly Operand[],
    final: Value | undefined,
  ): unknown[] {
    const { parameters, isVariadic } = fn;
    const count = args.length + (final === undefined ? 0 : 1);
    if (isVariadic && count < parameters.length) {
      this.fail(`wrong number of args for ${name}: want at least ${parameters.length} got ${args.length}`);
    }
    if (!isVariadic && count !== parameters.length) {
      this.fail(`wrong number of args for ${name}: want ${parameters.length} got ${count}`);
    }
    const values = args.map((arg, i) => this.typedArgument(dot, arg, parameters[i] ?? 'value'));
    if (final !== undefined) values.push(this.checkType(final, parameters[count - 1] ?? 'value'));
    return values;
  }

  private andOr(dot: Value, name: 'and' | 'or', args: readonly Operand[], final: Value | undefined): Value {
    if (args.length === 0 && final === undefined) this.fail(`wrong number of args for ${name}: want at least 1 got 0`);
    let value: Value = final ?? INVALID;
    for (const arg of args) {
      value = this.argument(dot, arg);
      if (isTrue(value.value) === (name === 'or')) return value;
    }
    return final ?? value;
  }

  private typedArgument(dot: Value, node: Operand, type: 'value' | 'string'): unknown {
    if (type === 'string') {
      this.node = node;
      if (node.type === 'nil') this.fail('cannot assign nil to string');
      if (node.type === 'number' || node.type === 'bool') this.fail(`expected string; found ${nodeText(node)}`);
    }
    return this.checkType(this.argument(dot, node), type);
  }

  private checkType({ value }: Value, type: 'value' | 'string'): unknown {
    if (type === 'value' || typeof value === 'string') return value;
    if (value === undefined) this.fail('invalid value; expected string');
    const got = value === null ? 'interface {}' : goType(value);
    return this.fail(`wrong type for value; expected string; got ${got}`);
  }

  private argument(dot: Value, node: Operand): Value {
    this.node = node;
    switch (node.type) {
      case 'field':
        return this.fieldChain(dot, node.names, [], undefined);
      case 'variable':
        return this.variable(node, [], undefined);
      case 'pipe':
        return this.pipeline(dot, node);
      case 'identifier':
        return this.function(dot, node, { command: node, args: [], final: undefined });
      case 'chain':
        return this.chain(dot, node, [], undefined);
      case 'nil':
        return { value: null, isInterface: true };
      default:
        return this.literal(dot, node);
    }
  }
}
