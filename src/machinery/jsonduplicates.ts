// Finds fields that stand twice in one object of a JSON text: JSON.parse keeps the last and says nothing.
// Called by: the apiserver on bodies under field validation. Must not know: schemas.
// Upstream: sigs.k8s.io/json, DisallowDuplicateFields.

/**
 * Returns the paths of duplicate fields, 'spec.replicas' or 'spec.ports[0].name', in the order found, each once.
 * The text must be JSON that JSON.parse accepts.
 */
export function duplicateFields(text: string): string[] {
  return [...new Scanner(text).scan()];
}

class Scanner {
  readonly #text: string;
  #at = 0;
  readonly #found = new Set<string>();
  constructor(text: string) {
    this.#text = text;
  }

  scan(): Set<string> {
    this.#value('');
    return this.#found;
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at++;
  }

  #value(path: string): void {
    this.#space();
    const char = this.#text.charAt(this.#at);
    if (char === '{') this.#object(path);
    else if (char === '[') this.#array(path);
    else if (char === '"') this.#string();
    else while (this.#at < this.#text.length && !',]} \t\r\n'.includes(this.#text.charAt(this.#at))) this.#at++;
  }

  #string(): string {
    const start = this.#at++;
    while (this.#at < this.#text.length && this.#text.charAt(this.#at) !== '"')
      this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1;
    this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #object(path: string): void {
    const keys = new Set<string>();
    this.#at++;
    for (this.#space(); this.#at < this.#text.length && this.#text.charAt(this.#at) !== '}'; this.#space()) {
      const key = JSON.parse(this.#string()) as string;
      const at = path === '' ? key : `${path}.${key}`;
      if (keys.has(key)) this.#found.add(at);
      keys.add(key);
      this.#space();
      this.#at++;
      this.#value(at);
      this.#space();
      if (this.#text.charAt(this.#at) === ',') this.#at++;
    }
    this.#at++;
  }

  #array(path: string): void {
    this.#at++;
    let index = 0;
    for (this.#space(); this.#at < this.#text.length && this.#text.charAt(this.#at) !== ']'; this.#space()) {
      this.#value(`${path}[${index++}]`);
      this.#space();
      if (this.#text.charAt(this.#at) === ',') this.#at++;
    }
    this.#at++;
  }
}
