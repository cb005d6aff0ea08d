/** Work that nobody waits for. A promise that is neither awaited nor handed to this is refused by the linter. */

/** Told what the work failed with. */
export type OnFailure = (error: unknown) => void;

/**
 * Lets a promise go on in the background: its failure goes to the handler instead of ending the process.
 *
 * @param onFailure must not throw; where it does, that is lost, since there is nobody left to tell
 */
export function inBackground(work: PromiseLike<unknown>, onFailure: OnFailure): void {
  Promise.resolve(work)
    .then(undefined, onFailure)
    .catch(() => undefined);
}
