declare module 'pgpass' {
  /** Looks into the file. One that others may read is passed over, with a warning. */
  export default function pgpass(
    wanted: {
      readonly host?: string;
      readonly port?: number;
      readonly database?: string;
      readonly user?: string;
    },
    found: (password: string | undefined) => void,
  ): void;
}
