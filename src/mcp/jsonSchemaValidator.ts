/**
 * What the protocol's library gets in place of its own `_shims`: the smaller of the two validators that it comes with. A server
 * needs one for what a client answers to its questions alone, and ours asks none; Ajv would be a third of the bundle.
 */

export { default as process } from 'node:process';
export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';
