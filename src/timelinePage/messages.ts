/** What the page of the timeline and the extension tell each other: types alone, shared by both. */

import type { TimelineData } from '../core/timeline/collect';

export const RANGES = ['hour', 'day', 'week'] as const;
export type Range = (typeof RANGES)[number];

/** What passes; nothing left out means all. A project of null means those that name none. */
export interface Filter {
  readonly agent?: string | undefined;
  readonly bead?: string | undefined;
  readonly project?: string | null | undefined;
}

/** From the page. */
export type PageMessage =
  | { readonly type: 'ready' }
  /** What is to be shown. Only answers of the latest ask count. */
  | { readonly type: 'ask'; readonly ask: number; readonly range: Range; readonly filter: Filter }
  /** Of a reservation that the page was told: select it in the view, or open what it is about. */
  | { readonly type: 'reveal' | 'open'; readonly key: string }
  | { readonly type: 'saveCsv' }
  | { readonly type: 'saveSvg'; readonly svg: string };

/** To the page. */
export type HostMessage =
  | { readonly type: 'begin'; readonly words: Words; readonly language: string }
  | ({ readonly type: 'bars'; readonly ask: number; readonly isAnew: boolean } & TimelineData)
  | { readonly type: 'failed'; readonly ask: number; readonly text: string };

/** Every text of the page, in the person's language; `{0}` stands for what is filled in. */
export type Words = Readonly<Record<WordKey, string>>;

export const WORD_KEYS = [
  'timeline',
  'table',
  'summary',
  'views',
  'range',
  'lastHour',
  'lastDay',
  'lastWeek',
  'lanes',
  'byScope',
  'byAgent',
  'agent',
  'bead',
  'project',
  'scope',
  'state',
  'all',
  'none',
  'zoomIn',
  'zoomOut',
  'wholeRange',
  'saveCsv',
  'saveSvg',
  'reading',
  'nothingAtAll',
  'nothingPasses',
  'shown',
  'shownOne',
  'notDrawn',
  'active',
  'released',
  'forced',
  'expired',
  'from',
  'to',
  'held',
  'heldStill',
  'until',
  'forcedBy',
  'reason',
  'renewed',
  'takeover',
  'refused',
  'asked',
  'tookOver',
  'wasRefused',
  'hasAsked',
  'marks',
  'cluster',
  'now',
  'details',
  'noDetails',
  'pinned',
  'reveal',
  'open',
  'legend',
  'legendActive',
  'legendReleased',
  'legendForced',
  'legendExpired',
  'legendRefused',
  'legendAsked',
  'legendTakeover',
  'legendCluster',
  'chart',
  'chartHelp',
  'showMore',
  'whoHeld',
  'hotSpots',
  'hotSpotsHelp',
  'noHotSpots',
  'summarySince',
  'times',
  'waited',
  'takeovers',
  'forcedReleases',
  'moreRows',
  'others',
  'minutes',
  'hours',
  'hoursMinutes',
  'underMinute',
  'noProject',
] as const;

export type WordKey = (typeof WORD_KEYS)[number];
