/** Taking answers apart: what a test expects to be granted or refused, it gets, or it fails saying what came instead. */

import assert from 'node:assert/strict';
import type { Envelope, ErrorBody, ErrorCode, Outcome } from '../../src/core/envelope';

export function grantedData<T>(answer: Outcome<T> | Envelope<T>): T {
  assert.ok(answer.ok, `expected to be granted, was refused: ${JSON.stringify(answer)}`);
  return answer.data;
}

export function refusal(answer: Outcome<unknown> | Envelope<unknown>, code: ErrorCode): ErrorBody {
  assert.ok(!answer.ok, `expected ${code}, was granted: ${JSON.stringify(answer)}`);
  assert.equal(answer.error.code, code, answer.error.message);
  return answer.error;
}

/** The code of a refusal, or 'ok'. */
export function codeOf(answer: Outcome<unknown> | Envelope<unknown>): ErrorCode | 'ok' {
  return answer.ok ? 'ok' : answer.error.code;
}
