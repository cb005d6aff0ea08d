/** A process that works on a store in beadboard's way. Usage: node peer.process.js ROOT, commands as in service.ts. */

import { createPeer } from './peer';
import { serve } from './service';

serve(createPeer(process.argv[2] ?? ''));
