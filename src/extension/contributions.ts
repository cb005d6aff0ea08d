/** The ids that package.json and the code share; a test holds the two against each other. */

const PREFIX = 'agentReservations';

export const VIEW_ID = PREFIX;
export const MESSAGES_VIEW_ID = `${PREFIX}.messages`;
export const CONFIGURATION = PREFIX;
export const DOCUMENT_SCHEME = 'agent-reservations';
/** Plain text, but wrapped and without line numbers: a letter, not a program. */
export const DOCUMENT_LANGUAGE = 'agent-reservations-text';
/** A message that is being written. */
export const DRAFT_LANGUAGE = 'agent-reservations-draft';

export const COMMANDS = {
  reserve: `${PREFIX}.reserve`,
  reserveFile: `${PREFIX}.reserveFile`,
  reserveFolder: `${PREFIX}.reserveFolder`,
  release: `${PREFIX}.release`,
  releaseAllMine: `${PREFIX}.releaseAllMine`,
  showHeld: `${PREFIX}.showHeld`,
  reserveDrift: `${PREFIX}.reserveDrift`,
  reserveAllDrift: `${PREFIX}.reserveAllDrift`,
  openDrift: `${PREFIX}.openDrift`,
  showMore: `${PREFIX}.showMore`,
  takeOver: `${PREFIX}.takeOver`,
  askToRelease: `${PREFIX}.askToRelease`,
  openReservation: `${PREFIX}.openReservation`,
  editAnyway: `${PREFIX}.editAnyway`,
  renew: `${PREFIX}.renew`,
  forceRelease: `${PREFIX}.forceRelease`,
  copyScope: `${PREFIX}.copyScope`,
  revealInExplorer: `${PREFIX}.revealInExplorer`,
  acknowledge: `${PREFIX}.acknowledge`,
  openMessage: `${PREFIX}.openMessage`,
  newMessage: `${PREFIX}.newMessage`,
  reply: `${PREFIX}.reply`,
  handOff: `${PREFIX}.handOff`,
  broadcast: `${PREFIX}.broadcast`,
  sendDraft: `${PREFIX}.sendDraft`,
  discardDraft: `${PREFIX}.discardDraft`,
  openMessageFile: `${PREFIX}.openMessageFile`,
  showMoreMessages: `${PREFIX}.showMoreMessages`,
  chooseAgent: `${PREFIX}.chooseAgent`,
  refresh: `${PREFIX}.refresh`,
  showTimeline: `${PREFIX}.showTimeline`,
  showStatus: `${PREFIX}.showStatus`,
  openStoreFolder: `${PREFIX}.openStoreFolder`,
  openUnreadable: `${PREFIX}.openUnreadable`,
  checkStore: `${PREFIX}.checkStore`,
  copyMcpConfiguration: `${PREFIX}.copyMcpConfiguration`,
  installGuard: `${PREFIX}.installGuard`,
  enterPassword: `${PREFIX}.enterPassword`,
  forgetPassword: `${PREFIX}.forgetPassword`,
  movePassword: `${PREFIX}.movePassword`,
  prepareServer: `${PREFIX}.prepareServer`,
  showLog: `${PREFIX}.showLog`,
  tryDemo: `${PREFIX}.tryDemo`,
  leaveDemo: `${PREFIX}.leaveDemo`,
  openWalkthrough: `${PREFIX}.openWalkthrough`,
  showAccessibilityHelp: `${PREFIX}.showAccessibilityHelp`,
  filterAll: `${PREFIX}.filterAll`,
  filterProject: `${PREFIX}.filterProject`,
  filterMine: `${PREFIX}.filterMine`,
  groupByState: `${PREFIX}.groupByState`,
  groupByHolder: `${PREFIX}.groupByHolder`,
  groupByBead: `${PREFIX}.groupByBead`,
  // An extension's menu items cannot be ticked: each of these is its twin above with a tick in its title.
  filterAllTicked: `${PREFIX}.filterAllTicked`,
  filterProjectTicked: `${PREFIX}.filterProjectTicked`,
  filterMineTicked: `${PREFIX}.filterMineTicked`,
  groupByStateTicked: `${PREFIX}.groupByStateTicked`,
  groupByHolderTicked: `${PREFIX}.groupByHolderTicked`,
  groupByBeadTicked: `${PREFIX}.groupByBeadTicked`,
} as const;

/** With the name of the extension, as VS Code wants it. */
export const WALKTHROUGH = `agent-reservations.agent-reservations#${PREFIX}.start`;

/** The kind of panel, by which VS Code opens it again where a person left it open. */
export const TIMELINE_VIEW = `${PREFIX}.timeline`;
export const MCP_PROVIDER = `${PREFIX}.mcp`;

export type CommandKey = keyof typeof COMMANDS;

export const CONTEXT_KEYS = {
  /** `loading`, `noStore`, `empty`, `filtered` (nothing passes the filter), `filled` or `unreadable`. */
  state: `${PREFIX}.state`,
  /** `files` or `postgres`. */
  store: `${PREFIX}.store`,
  /** The kind of problem while the state is `unreadable`; of a server, `SERVER_` and what keeps the window from it. */
  problem: `${PREFIX}.problem`,
  /** Whether the window shows the demo store. */
  demo: `${PREFIX}.demo`,
  /** Whether an agent to act as is known. */
  knowsAgent: `${PREFIX}.knowsAgent`,
  /** Whether the person holds anything. */
  holds: `${PREFIX}.holds`,
  /** `all`, `project` or `mine`. */
  filter: `${PREFIX}.filter`,
  /** `state`, `holder` or `bead`. */
  grouping: `${PREFIX}.grouping`,
  /** Whether this extension has made the active editor read-only. */
  readonlyEditor: `${PREFIX}.readonlyEditor`,
} as const;

export const COLORS = {
  heldByOthers: `${PREFIX}.heldByOthersForeground`,
  endsSoon: `${PREFIX}.endsSoonForeground`,
} as const;

/** `viewItem` of the tree's items. */
export const CONTEXT_VALUES = {
  section: 'section',
  problem: 'problem',
  mine: 'reservation.mine',
  theirs: 'reservation.theirs',
  expired: 'reservation.expired',
  superseded: 'reservation.superseded',
  driftSection: 'section.drift',
  /** A section of drift with something in it that nobody holds. */
  driftSectionFree: 'section.driftFree',
  driftHeld: 'drift.held',
  driftFree: 'drift.free',
  /** What stands for items that are not listed. */
  more: 'more',
  /** Waits for the person's acknowledgement. */
  messageToMe: 'message.mine',
  /** For the person, and waits for nothing. */
  messageReceived: 'message.received',
  messageToOther: 'message.theirs',
  messageGroup: 'messages',
  messageMissing: 'unreadable.missing',
  messageUnreadable: 'unreadable.file',
} as const;
