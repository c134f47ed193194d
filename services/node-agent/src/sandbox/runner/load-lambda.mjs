import { isBuiltin, registerHooks } from 'node:module';

const SPECIFIER = 'greencloud:lambda';
/** Not on any disk; it is the name that stack traces and syntax errors show. */
const URL_OF_CODE = 'file:///lambda.mjs';

/** @typedef {(request: Request, context: object) => unknown} Handler */

/**
 * The module's default export. The code comes from memory, so that the sandbox needs no readable
 * file of it, and it can import Node's own modules only.
 *
 * @param {Uint8Array} code
 * @returns {Promise<Handler>}
 */
export async function loadLambda(code) {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === SPECIFIER)
        return { url: URL_OF_CODE, format: 'module', shortCircuit: true };
      if (isBuiltin(specifier)) return next(specifier, context);
      throw new Error(`a lambda is one module and cannot import ${JSON.stringify(specifier)}`);
    },
    load: (url, context, next) => {
      if (url !== URL_OF_CODE) return next(url, context);
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
  const { default: handler } = await import(SPECIFIER);
  if (typeof handler !== 'function') throw new Error('the module has no default export to call');
  return handler;
}
