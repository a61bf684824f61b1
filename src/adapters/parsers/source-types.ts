/** Media types of source code by the file's ending; where there is no registered one, text/x- and the language's name. */
const TYPES: Readonly<Record<string, string>> = {
  ts: 'text/x-typescript',
  mts: 'text/x-typescript',
  cts: 'text/x-typescript',
  tsx: 'text/x-tsx',
  js: 'text/javascript',
  mjs: 'text/javascript',
  cjs: 'text/javascript',
  jsx: 'text/javascript',
  py: 'text/x-python',
  pyi: 'text/x-python',
  go: 'text/x-go',
  java: 'text/x-java',
  rs: 'text/x-rust',
  c: 'text/x-c',
  h: 'text/x-c',
  cc: 'text/x-c++',
  cpp: 'text/x-c++',
  cxx: 'text/x-c++',
  hh: 'text/x-c++',
  hpp: 'text/x-c++',
  cs: 'text/x-csharp',
  kt: 'text/x-kotlin',
  kts: 'text/x-kotlin',
  swift: 'text/x-swift',
  scala: 'text/x-scala',
  rb: 'text/x-ruby',
  php: 'text/x-php',
  pl: 'text/x-perl',
  lua: 'text/x-lua',
  r: 'text/x-r',
  jl: 'text/x-julia',
  dart: 'text/x-dart',
  ex: 'text/x-elixir',
  exs: 'text/x-elixir',
  erl: 'text/x-erlang',
  hs: 'text/x-haskell',
  clj: 'text/x-clojure',
  sh: 'text/x-shellscript',
  bash: 'text/x-shellscript',
  zsh: 'text/x-shellscript',
  ps1: 'text/x-powershell',
  sql: 'text/x-sql',
  graphql: 'text/x-graphql',
  gql: 'text/x-graphql',
  proto: 'text/x-protobuf',
  css: 'text/css',
  scss: 'text/x-scss',
  less: 'text/x-less',
  vue: 'text/x-vue',
  svelte: 'text/x-svelte',
  yaml: 'text/x-yaml',
  yml: 'text/x-yaml',
  toml: 'text/x-toml',
  ini: 'text/x-ini',
  tf: 'text/x-terraform',
  xml: 'text/xml',
  tex: 'text/x-tex',
  rst: 'text/x-rst',
  dockerfile: 'text/x-dockerfile',
  makefile: 'text/x-makefile',
};

const KNOWN = new Set(Object.values(TYPES));

/** The ending of a name in small letters, without the dot; the whole name where it has none. */
export const endingOf = (name: string): string =>
  name.slice(Math.max(...['.', '/', '\\'].map((separator) => name.lastIndexOf(separator))) + 1).toLowerCase();

/** Chooses by extension, then by the client's media type. Undefined if neither is source code. */
export function sourceType(name: string, mediaType: string): string | undefined {
  const ending = endingOf(name);
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : KNOWN.has(mediaType) ? mediaType : undefined;
}
