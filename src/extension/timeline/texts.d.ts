/** Bundled as their texts. */
declare module '*.css' {
  const text: string;
  export default text;
}
declare module '*.html.txt' {
  const text: string;
  export default text;
}
