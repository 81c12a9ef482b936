import { describe, expect, it } from '@jest/globals';
import { createGoTemplate } from '../../src/machinery/gotemplate.ts';
import { brokenTemplates } from './gotemplate.broken.ts';
import { object, templates } from './gotemplate.cases.ts';

function run(text: string, options?: { allowMissingKeys: boolean }): { output: string; error: string } {
  let output = '';
  try {
    createGoTemplate(text, options).execute(object, { write: (piece) => (output += piece) });
    return { output, error: '' };
  } catch (error) {
    return { output, error: (error as Error).message };
  }
}

describe('go-template', () => {
  it.each(templates)('%j', (text, output, error) => {
    const result = run(text);
    expect(error === '' ? result : { ...result, output: '' }).toEqual({ output, error });
  });

  it.each(brokenTemplates)('refuses %j', (text, error) => {
    expect(run(text)).toEqual({ output: '', error });
  });

  it('writes what stands before an error', () => {
    expect(run('{{.metadata.name}} {{.metadata.name.x}}')).toEqual({
      output: 'x ',
      error:
        'template: output:1:30: executing "output" at <.metadata.name.x>: can\'t evaluate field x in type interface {}',
    });
  });

  it('refuses missing keys when told to', () => {
    expect(run('{{.spec.nope}}', { allowMissingKeys: false }).error).toBe(
      'template: output:1:7: executing "output" at <.spec.nope>: map has no entry for key "nope"',
    );
  });
});
