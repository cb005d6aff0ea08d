/** What the timeline takes from the bundle that loads it, which has it anyway. */

import { tell } from '../notify';
import { explain } from '../wording';

export interface Telling {
  readonly tell: typeof tell;
  readonly explain: typeof explain;
}

export const telling: Telling = { tell, explain };
