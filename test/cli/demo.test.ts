import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repoRoot } from '../support/paths';

describe('npm run demo', () => {
  it('tells of a conflict, a takeover and a handoff, and ends well', function () {
    this.timeout(60_000);
    const script = join(repoRoot, 'scripts', 'story.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--built'], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    const told = [
      /^codex-api {4}│ RESERVATION_CONFLICT: "src\/auth\/login\.ts" overlaps "src\/auth\/\*\*", which is reserved by "claude-auth"/m,
      /^codex-api {4}│ Reserved src\/auth\/login\.ts for 30 min/m,
      /^copilot-docs │ RESERVATION_STALE_FOUND: .+ by "nightly-docs"/m,
      /^copilot-docs │ "nightly-docs" held "docs\/guide\.md" before you: read the files again/m,
      /^copilot-docs │ Acknowledged msg_\w+ of claude-auth\.$/m,
      /│ 0 scopes held$/m,
      /│ 0 messages to acknowledge$/m,
    ];
    for (const part of told) {
      assert.match(stdout, part);
    }
  });
});
