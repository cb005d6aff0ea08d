import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { normalisedAddress } from '../../src/project/origin';

describe('normalisedAddress', () => {
  const shop = [
    'https://github.com/acme/shop.git',
    'https://github.com/acme/shop',
    'https://github.com/acme/shop/',
    'https://someone:secret@github.com/acme/shop.git',
    'https://GitHub.com:443/acme/shop.git',
    'git@github.com:acme/shop.git',
    'github.com:acme/shop.git',
    'git@github.com:/acme/shop.git/',
    'ssh://git@github.com/acme/shop.git',
    'ssh://git@github.com:2222/acme/shop',
    'git://github.com/acme/shop.git',
    '  git@GITHUB.com:acme/shop.git ',
  ];
  for (const url of shop) {
    it(`${JSON.stringify(url)} is github.com/acme/shop`, () => {
      assert.equal(normalisedAddress(url, '/projects/shop'), 'github.com/acme/shop');
    });
  }

  it('keeps what makes another repository: path, its case, host', () => {
    const others = ['https://github.com/acme/Shop', 'https://github.com/acme/shop/x', 'https://gitlab.com/acme/shop'];
    const all = [...others, 'git@github.com:other/shop.git', 'https://github.com/acme/shop.github.io'];
    assert.deepEqual(
      all.map((url) => normalisedAddress(url, '/projects/shop')),
      [
        'github.com/acme/Shop',
        'github.com/acme/shop/x',
        'gitlab.com/acme/shop',
        'github.com/other/shop',
        'github.com/acme/shop.github.io',
      ],
    );
  });

  it('holds no user and no password, whatever the form', () => {
    for (const url of ['https://u:p%40ss@h.example/x', 'ssh://u@h.example/x', 'u@h.example:x']) {
      assert.equal(normalisedAddress(url, '/projects/shop'), 'h.example/x');
    }
  });

  it('of a path is that path, absolute', () => {
    for (const url of ['/srv/git/shop.git', 'file:///srv/git/shop.git', '../../srv/git/shop.git']) {
      assert.equal(normalisedAddress(url, '/projects/shop'), resolve('/srv/git/shop').replaceAll('\\', '/'), url);
    }
  });

  it('of nothing is none', () => {
    for (const url of ['https://', '/']) {
      assert.equal(normalisedAddress(url, '/projects/shop'), undefined, url);
    }
  });
});
