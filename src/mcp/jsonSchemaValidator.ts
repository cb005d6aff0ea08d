/**
 * What the protocol's library gets in place of its own `_shims`. A server needs a validator of JSON schemas for what a client
 * answers to its questions alone, and ours asks none; those that the library comes with would be a third of the bundle.
 */

export { default as process } from 'node:process';

export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('This server asks its clients nothing, so it checks no answer.');
  }
}
