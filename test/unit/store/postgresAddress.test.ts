/** URLs of servers: what is taken, what is refused, and that no password is ever shown. */

import assert from 'node:assert/strict';
import { type Address, addressOf, placeOf, withoutPassword } from '../../../src/store/postgres/address';
import { Namespace } from '../../../src/store/postgres/namespace';
import { type ProblemKind, StoreProblem } from '../../../src/store/problem';

const SECRET = 's3cret';

describe('the address of a server', () => {
  it('is taken apart', () => {
    const { host, port, database, user, password, ssl } = addressOf(
      `postgres://dana%40x:${SECRET}%2F@localhost:6000/a%20b`,
    );
    assert.deepEqual(
      [host, port, database, user, password?.(), ssl],
      ['localhost', 6000, 'a b', 'dana@x', `${SECRET}/`, false],
    );
    const short = addressOf('postgresql://localhost');
    assert.deepEqual(
      [short.port, short.database, short.user, short.password],
      [5432, 'postgres', undefined, undefined],
    );
  });

  describe('is spoken to', () => {
    const verified = ({ ssl }: Address) => ssl !== false && ssl.rejectUnauthorized === true;
    const open = ({ ssl }: Address) => ssl === false;
    const cases: readonly (readonly [string, (address: Address) => boolean])[] = [
      ['postgres://localhost/x', open],
      ['postgres://127.0.0.1/x', open],
      ['postgres://127.8.8.8/x', open],
      ['postgres://[::1]/x', open],
      ['postgres://localhost/x?sslmode=prefer', open],
      ['postgres://localhost/x?sslmode=verify-full', verified],
      ['postgres://db.example.org/x', verified],
      ['postgres://localhost.example.org/x', verified],
      ['postgres://127.0.0.1.example.org/x', verified],
      ['postgres://10.0.0.1/x', verified],
      ['postgres://db.example.org/x?sslmode=require', verified],
      ['postgres://db.example.org/x?sslmode=verify-ca', verified],
      ['postgres://db.example.org/x?sslmode=disable', open],
    ];
    for (const [url, isRight] of cases) {
      it(`${isRight === open ? 'openly' : 'with a verified certificate'}: ${url}`, () => {
        assert.ok(isRight(addressOf(url)));
      });
    }

    it('openly beyond this machine only where that is said, and then it shows', () => {
      assert.match(placeOf(addressOf('postgres://db.example.org/x?sslmode=disable')), /not encrypted/);
      assert.doesNotMatch(placeOf(addressOf('postgres://localhost/x')), /not encrypted/);
    });
  });

  const wrong: readonly (readonly [string, ProblemKind])[] = [
    ...['prefer', 'allow', 'no-verify'].map(
      (mode) => [`postgres://u:${SECRET}@db.example.org/x?sslmode=${mode}`, 'INSECURE_CONNECTION'] as const,
    ),
    [`postgres://u:${SECRET}@db.example.org/x?sslmode=maybe`, 'INVALID_CONNECTION'],
    [`postgres://u:${SECRET}@db.example.org/x?host=elsewhere`, 'INVALID_CONNECTION'],
    [`postgres://u:${SECRET}@db.example.org:99999/x`, 'INVALID_CONNECTION'],
    [`postgres://u:${SECRET}%zz@db.example.org/x`, 'INVALID_CONNECTION'],
    [`mysql://u:${SECRET}@db.example.org/x`, 'INVALID_CONNECTION'],
    [`postgres://db.example.org/x?password=${SECRET}`, 'INVALID_CONNECTION'],
    [`u:${SECRET}@db.example.org`, 'INVALID_CONNECTION'],
    [`postgres://u:${SECRET}@db.example.org/x?sslrootcert=/projects/none.pem`, 'IO_ERROR'],
  ];
  for (const [url, kind] of wrong) {
    it(`is refused as ${kind} without its password: ${url}`, () => {
      assert.throws(
        () => addressOf(url),
        (error) => {
          assert.ok(error instanceof StoreProblem && error.kind === kind, String(error));
          assert.ok(!`${error.stack} ${JSON.stringify(error.facts)} ${error.path}`.includes(SECRET));
          return true;
        },
      );
    });
  }

  it('is shown without its password, also where it is no address', () => {
    assert.equal(withoutPassword(`postgres://dana:${SECRET}@localhost/x`), 'postgres://dana@localhost/x');
    assert.ok(!withoutPassword(`postgres://dana:${SECRET}@@:x`).includes(SECRET));
  });
});

describe('a namespace', () => {
  it('has a name that can be stored and told', () => {
    assert.match(new Namespace('team').told, /^[0-9a-f]{32}$/);
    assert.equal(new Namespace('team').told, new Namespace('team').told);
    assert.notEqual(new Namespace('team').told, new Namespace('team2').told);
    for (const name of ['', 'x'.repeat(201), 'a\u0000b', 'a\nb', 'a\ud800']) {
      assert.throws(
        () => new Namespace(name),
        (error) => error instanceof StoreProblem && error.kind === 'INVALID_CONNECTION',
      );
    }
  });
});
