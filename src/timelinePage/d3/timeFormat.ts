/** What d3-scale takes from d3-time-format: the page words its times itself, in the person's language. */

export function timeFormat(): (at: Date) => string {
  return (at) => at.toISOString();
}

export const utcFormat = timeFormat;
