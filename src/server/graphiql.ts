import { pageFile } from './static-page.ts';

let page: ReturnType<typeof makePage> | undefined;
/** 9 MB: made on first use, and encoded once. */
export function graphiqlPage() {
  page ??= makePage();
  return page;
}

async function makePage() {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql'); // 9 MB that no start should wait for
  // Without an endpoint GraphiQL posts to its own address. Subscriptions go by SSE, which carries the headers that the user types.
  // Its types leave out what its client takes: where subscriptions go.
  const options: Parameters<typeof renderGraphiQL>[0] & { readonly subscriptionsEndpoint: string } = {
    title: 'Parley',
    endpoint: '/graphql',
    method: 'POST', // a subscription that writes is not asked for by GET
    subscriptionsProtocol: 'GRAPHQL_SSE',
    subscriptionsEndpoint: '/graphql',
  };
  return pageFile(Buffer.from(renderGraphiQL(options)), GRAPHIQL_HEADERS);
}
const GRAPHIQL_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
