// What a shell script is after parsing.
// Called by: parser, interpreter. Types only.

/** A word is made of parts; quoted parts are neither split nor globbed. */
export type WordPart =
  | { type: 'text'; text: string; isQuoted: boolean }
  | { type: 'variable'; name: string; operator?: string; word?: Word; isQuoted: boolean }
  | { type: 'length'; name: string; isQuoted: boolean }
  | { type: 'command'; script: Script; isQuoted: boolean }
  | { type: 'arithmetic'; text: string; isQuoted: boolean };
export interface Word {
  parts: WordPart[];
}

export interface Redirect {
  fd: number;
  operator: '>' | '>>' | '<' | '<<' | '>&' | '<<<';
  target: Word;
}

export interface SimpleCommand {
  type: 'simple';
  assignments: { name: string; value: Word }[];
  words: Word[];
  redirects: Redirect[];
}
export type Command =
  | SimpleCommand
  | { type: 'group'; body: Script; isSubshell: boolean; redirects: Redirect[] }
  | {
      type: 'if';
      branches: { condition: Script; body: Script }[];
      otherwise: Script | undefined;
      redirects: Redirect[];
    }
  | { type: 'loop'; isUntil: boolean; condition: Script; body: Script; redirects: Redirect[] }
  | { type: 'for'; name: string; words: Word[] | undefined; body: Script; redirects: Redirect[] }
  | { type: 'case'; word: Word; branches: { patterns: Word[]; body: Script }[]; redirects: Redirect[] }
  | { type: 'function'; name: string; body: Command; redirects: Redirect[] };

export interface Pipeline {
  commands: Command[];
  isNegated: boolean;
}
export interface AndOr {
  first: Pipeline;
  rest: { operator: '&&' | '||'; pipeline: Pipeline }[];
  isBackground: boolean;
}
export interface Script {
  items: AndOr[];
}
