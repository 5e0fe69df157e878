// Runs in CloudFront before anything else: while `halted` is yes, it answers by itself, without cache or back end.
import cf from 'cloudfront';

const store = cf.kvs(STORE_ID);
const page = HALTED_PAGE;

function answer(type, data) {
  return {
    statusCode: 503,
    statusDescription: 'Halted',
    headers: {
      'content-type': { value: type },
      'cache-control': { value: 'no-store' },
      'retry-after': { value: '60' },
      'strict-transport-security': { value: 'max-age=63072000; includeSubDomains' },
      'x-content-type-options': { value: 'nosniff' },
      'content-security-policy': { value: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" },
      'access-control-allow-origin': { value: '*' },
    },
    body: { encoding: 'text', data: data },
  };
}

async function handler(event) {
  let halted = false;
  try {
    halted = (await store.get('halted')) === 'yes';
  } catch (_) {
    // There is no such key: nobody has halted anything.
  }
  if (!halted) {
    return event.request;
  }
  if (event.request.uri.startsWith('/v1/')) {
    return answer('application/problem+json', JSON.stringify({
      type: 'about:blank',
      title: 'Halted',
      status: 503,
      detail: 'The showers are halted. Do not contribute. The page says why and when it goes on.',
    }));
  }
  return answer('text/html; charset=utf-8', page);
}
