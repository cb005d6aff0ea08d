import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import yazl from 'yazl';

/** What is started by its name, and has to be allowed to be. */
const programs = /\/(?:bin\/agent-reservations|dist\/cli\.js)$/;
/** A file has the modes of who checked it out or built it. */
const modes = { program: 0o100755, file: 0o100644 };

/**
 * The same archive whenever, wherever and by whomever it was made: sorted, with one time and two modes, and in package.json
 * only what is of use to users. JSON is without the spaces that it is edited by.
 * @param {Buffer} zip
 * @returns {Promise<Buffer>}
 */
export async function steadyZip(zip) {
  const entries = await entriesOf(zip);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  const made = new yazl.ZipFile();
  for (const [name, entry] of entries) {
    // In the time of this place, since that is what an archive knows.
    const mtime = new Date(2000, 0, 1);
    made.addBuffer(forUsers(name, entry), name, {
      mtime,
      forceDosTimestamp: true,
      compressionLevel: 9,
      mode: programs.test(name) ? modes.program : modes.file,
    });
  }
  made.end();
  return await buffer(made.outputStream);
}

/**
 * @param {string} name
 * @param {Buffer} entry
 */
function forUsers(name, entry) {
  if (!name.endsWith('.json')) {
    return entry;
  }
  const content = JSON.parse(entry.toString('utf8'));
  if (name === 'extension/package.json') {
    // Of use only to a clone.
    delete content.scripts;
    delete content.devDependencies;
  }
  return Buffer.from(JSON.stringify(content));
}

/**
 * @param {Buffer} zip
 * @returns {Promise<[string, Buffer][]>} in the archive's order
 */
export function entriesOf(zip) {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(zip, { lazyEntries: true }, (error, archive) => {
      if (error) {
        reject(error);
        return;
      }
      /** @type {[string, Buffer][]} */
      const entries = [];
      archive.on('error', reject);
      archive.on('end', () => resolve(entries));
      archive.on('entry', (entry) => {
        archive.openReadStream(entry, (failure, stream) => {
          if (failure) {
            reject(failure);
            return;
          }
          buffer(stream).then((content) => {
            entries.push([entry.fileName, content]);
            archive.readEntry();
          }, reject);
        });
      });
      archive.readEntry();
    });
  });
}
