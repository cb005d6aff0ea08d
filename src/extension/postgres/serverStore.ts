/**
 * The store on the server that the settings name. It is opened when it is first asked, and again where a password was wrong: the
 * person is asked for one when the server wants it, and not again once they have given that up.
 */

import * as vscode from 'vscode';
import type { Coordination } from '../../coordination/coordination';
import { findProject } from '../../project/findProject';
import { placeOfScope } from '../../project/placeOfScope';
import { localFolder, sharedName } from '../../project/sharedNames';
import type { openServer } from '../../store/postgres/server';
import { asProblem, type StoreProblem } from '../../store/problem';
import type { StorePart, StoreReader, Watching } from '../../store/store';
import { inBackground } from '../../util/background';
import { lazyOperations } from '../lazyOperations';
import { EVERYTHING } from '../storeReading';
import type { WindowStore, WindowStoreOptions } from '../windowStore';
import type { Passwords } from './passwords';
import { isPasswordRefused, noNamespace, passwordInUrl, serverTrouble } from './serverProblem';
import { namespaceHere } from './setting';
import { serverOf, splitPassword, withPassword } from './url';

type Opened = ReturnType<typeof openServer>;
type OnChange = (parts: ReadonlySet<StorePart>) => void;

export interface ServerStoreOptions extends WindowStoreOptions {
  /** As the settings have it. */
  readonly url: string;
  readonly passwords: Passwords;
  /** Is called once when the settings turn out to hold a password. */
  readonly onPasswordInUrl: () => void;
}

export class ServerStore implements WindowStore {
  readonly kind = 'postgres';
  readonly coordination: Coordination;
  readonly reader: StoreReader;
  private readonly callbacks = new Set<OnChange>();
  private readonly subscription: vscode.Disposable;
  private opening: Promise<Opened> | undefined;
  private opened: Opened | undefined;
  private working: { readonly on: Opened; readonly operations: Coordination } | undefined;
  private place: string;
  /** Why nothing more is tried before there is another password. */
  private refused: StoreProblem | undefined;
  private asking: Promise<void> | undefined;
  private hasGivenUp = false;
  /** Of a password in the settings. */
  private hasTold = false;
  /** Grows when what is open or being opened is given up. */
  private generation = 0;

  constructor(private readonly options: ServerStoreOptions) {
    this.place = `postgres://${serverOf(options.url)}`;
    this.coordination = lazyOperations(() => this.operations(), options.changed);
    this.reader = this.readerOf();
    this.subscription = options.passwords.onDidChange(() => this.refused && !this.asking && this.openAgain());
  }

  now(): Date {
    return this.opened?.server.now() ?? new Date();
  }

  /** Tries even what has been refused, since the server may have changed its mind. */
  retry(): void {
    this.refused = undefined;
    this.hasGivenUp = false;
  }

  dispose(): void {
    this.subscription.dispose();
    this.callbacks.clear();
    this.close();
  }

  private readerOf(): StoreReader {
    const place = () => this.place;
    const read = <T>(work: (store: StoreReader) => Promise<T>) => this.use(({ store }) => work(store));
    return {
      get location() {
        return place();
      },
      // Where nothing has been stored it is empty, and where it cannot be told the readings say why.
      exists: () => Promise.resolve(true),
      readActive: () => read((store) => store.readActive()),
      readClosed: (...where) => read((store) => store.readClosed(...where)),
      readUnacked: () => read((store) => store.readUnacked()),
      readLetters: (agent) => read((store) => store.readLetters(agent)),
      watch: (onChange) => this.watch(onChange),
    };
  }

  private watch(onChange: OnChange): Watching {
    this.callbacks.add(onChange);
    // Whoever reads is told why it cannot be opened.
    inBackground(this.open(), () => undefined);
    return {
      dispose: () => {
        this.callbacks.delete(onChange);
      },
    };
  }

  private async operations(): Promise<Coordination> {
    const { operationsOn, refusing } = await import('../operations');
    try {
      const opened = await this.open();
      if (this.working?.on !== opened) {
        this.working = { on: opened, operations: operationsOn(opened.store, opened.server.now) };
      }
      return this.working.operations;
    } catch (error) {
      return refusing(asProblem(error, this.place, 'open'));
    }
  }

  private async use<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const opened = await this.open();
    try {
      return await work(opened);
    } catch (error) {
      const problem = asProblem(error, this.place, 'read');
      if (serverTrouble(problem) === 'PASSWORD' && this.opened === opened) {
        this.refused = problem;
        this.close();
        if (!this.hasGivenUp) {
          inBackground(this.ask(isPasswordRefused(problem.facts)), this.options.onFailure);
        }
      }
      throw problem;
    }
  }

  private open(): Promise<Opened> {
    if (this.refused) {
      return Promise.reject(this.refused);
    }
    this.opening ??= this.openAnew().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async openAnew(): Promise<Opened> {
    const { url, passwords, onPasswordInUrl } = this.options;
    const { generation } = this;
    if (splitPassword(url).password !== undefined) {
      if (!this.hasTold) {
        this.hasTold = true;
        onPasswordInUrl();
      }
      throw passwordInUrl(url);
    }
    const namespace = await namespaceHere();
    if (namespace === undefined) {
      throw noNamespace(url);
    }
    // What is read names projects by what all machines call them: these are told by their folders here.
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    await Promise.all(folders.map(({ uri }) => findProject(uri.fsPath)));
    const password = await passwords.get(url);
    const { openServer } = await import('../../store/postgres/server');
    const projectOf = async (folder: string) => (await findProject(folder)).project;
    const names = { shared: sharedName, local: localFolder, projectOf };
    const opened = openServer(withPassword(url, password), { namespace, names, placeOf: placeOfScope });
    if (generation !== this.generation) {
      await opened.server.close();
      return opened;
    }
    this.opened = opened;
    this.place = opened.store.location;
    opened.store.watch((parts) => this.tell(parts));
    return opened;
  }

  private close(): void {
    const { opened } = this;
    this.generation++;
    this.opened = undefined;
    this.opening = undefined;
    if (opened) {
      inBackground(opened.server.close(), this.options.onFailure);
    }
  }

  private async ask(wasRefused: boolean): Promise<void> {
    this.asking ??= this.options.passwords
      .ask(splitPassword(this.options.url).url, wasRefused)
      .then((isEntered) => {
        this.hasGivenUp = !isEntered;
        this.asking = undefined;
        if (isEntered) {
          this.openAgain();
        }
      })
      .finally(() => {
        this.asking = undefined;
      });
    await this.asking;
  }

  private openAgain(): void {
    this.close();
    this.retry();
    this.tell(EVERYTHING);
  }

  private tell(parts: ReadonlySet<StorePart>): void {
    for (const callback of [...this.callbacks]) {
      callback(parts);
    }
  }
}
