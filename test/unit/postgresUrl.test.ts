import assert from 'node:assert/strict';
import { serverOf, splitPassword, withPassword } from '../../src/extension/postgres/url';
import { addressOf } from '../../src/store/postgres/address';

const PASSWORDS = ['secret', 'a b', 'p@ss:w/rd?#[]', '100%', '%41', 'ü€😀', '\'"\\'];

describe('the URL of a server and its password', () => {
  for (const password of PASSWORDS) {
    it(`are put together and taken apart again: ${password}`, () => {
      for (const url of ['postgres://dana@db.example:5433/shop?sslmode=verify-full', 'postgres:///shop']) {
        const whole = withPassword(url, password);
        assert.equal(addressOf(whole).password?.(), password);
        const split = splitPassword(whole);
        assert.equal(split.password, password);
        assert.equal(splitPassword(split.url).password, undefined);
        assert.equal(serverOf(split.url), serverOf(url));
      }
    });
  }

  it('stay as they are without one', () => {
    for (const url of ['postgres://dana@db.example/shop?sslrootcert=/etc/ca.pem', 'nonsense', '']) {
      assert.deepEqual(splitPassword(url), { url, password: undefined });
      assert.equal(withPassword(url, undefined), url);
    }
  });

  it('are parted where the password is a parameter, and where nothing else can be read', () => {
    const parted = splitPassword('postgres://dana@db.example/shop?password=secret&sslmode=disable');
    assert.deepEqual(parted, { url: 'postgres://dana@db.example/shop?sslmode=disable', password: 'secret' });
    assert.doesNotMatch(splitPassword('postgres://dana:secret@db.example:port/shop').url, /secret/);
  });

  it('name the server and the user for a person', () => {
    assert.equal(serverOf('postgres://dana:secret@db.example/shop'), 'dana@db.example:5432');
    assert.equal(serverOf('postgres://db.example:5433/other'), 'db.example:5433');
    assert.equal(serverOf('postgres://a%40b@[::1]/shop'), 'a@b@[::1]:5432');
  });
});
