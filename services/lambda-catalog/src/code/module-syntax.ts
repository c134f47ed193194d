import {
  type ExportDefaultDeclaration,
  type ExportNamedDeclaration,
  parse,
  type Program,
} from 'acorn';

/** What is wrong with a module, in one sentence; with line and column, from 1, where there is one. */
export type SyntaxVerdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly detail: string };

/** Whether the bytes are one ES module with a default export. Does not run anything of it. */
export function judgeModule(code: Uint8Array): SyntaxVerdict {
  let program: Program;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(code);
    program = parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch (error) {
    return bad(detailOf(error));
  }
  if (program.body.some(exportsDefault)) return { kind: 'good' };
  return bad(
    'the module has no default export: write `export default async (request, context) => …`',
  );
}

type Statement = Program['body'][number];

function exportsDefault(
  statement: Statement,
): statement is ExportDefaultDeclaration | ExportNamedDeclaration {
  if (statement.type === 'ExportDefaultDeclaration') return true;
  if (statement.type !== 'ExportNamedDeclaration') return false;
  return statement.specifiers.some(({ exported }) =>
    exported.type === 'Identifier' ? exported.name === 'default' : exported.value === 'default',
  );
}

function detailOf(error: unknown): string {
  if (error instanceof SyntaxError && 'loc' in error) {
    const { line, column } = error.loc as { line: number; column: number };
    // acorn appends "(line:column)" with columns from 0.
    const message = error.message.replace(/ \(\d+:\d+\)$/, '');
    return `line ${line}, column ${column + 1}: ${message}`;
  }
  if (error instanceof TypeError) return 'the module is not UTF-8 text';
  throw error;
}

function bad(detail: string): SyntaxVerdict {
  return { kind: 'bad', detail };
}
