// An OpenID Connect provider on a free loopback port, for tests only. Prints its address (the issuer) as the first line.
//
// Environment, all optional:
//   OIDC_REDIRECT_URIS  where clients may be sent back to, separated by commas
//   OIDC_ACCOUNTS       JSON array of {id, password, email, preferred_username}
//   OIDC_AUDIENCE       resource whose access tokens are JWTs (ask with `resource=`)
//   OIDC_CLIENT_AUTH    how clients show their secret: client_secret_basic (default) or client_secret_post
//
// Clients, all with the secret `test-client-secret-of-carreau`: `carreau` (id_token signed with RS256), `carreau-es` (ES256),
// `carreau-ed` (EdDSA); `service` takes access tokens by client_credentials.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';

// The library tells on stdout that it is not set up for production; the first line there is ours.
console.info = console.error;
console.warn = console.error;
const { default: Provider, errors } = await import('oidc-provider');

const secret = 'test-client-secret-of-carreau';
const audience = process.env.OIDC_AUDIENCE ?? 'https://carreau.test/api';
const clientAuth = process.env.OIDC_CLIENT_AUTH ?? 'client_secret_basic';
const redirectUris = (process.env.OIDC_REDIRECT_URIS ?? 'http://127.0.0.1:8080/login/oidc').split(',');
const accounts = JSON.parse(process.env.OIDC_ACCOUNTS ?? 'null') ?? [
  { id: 'ada', password: 'ada-password', email: 'ada@example.test', preferred_username: 'ada' },
  { id: 'grace', password: 'grace-password', email: 'grace@example.test', preferred_username: 'grace' },
  { id: 'zoe', password: 'zoé-password', email: 'zoe@example.test', preferred_username: 'zoé' },
];

function key(kid, alg, type, options) {
  const jwk = generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });
  return { ...jwk, kid, alg, use: 'sig' };
}

function client(id, alg) {
  return {
    client_id: id,
    client_secret: secret,
    redirect_uris: redirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
    id_token_signed_response_alg: alg,
    token_endpoint_auth_method: clientAuth,
  };
}

async function grantEverything(ctx) {
  const { client: asking, session, params, provider } = ctx.oidc;
  const known = session.grantIdFor(asking.clientId);
  if (known) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  if (params.resource) grant.addResourceScope(params.resource, 'features');
  await grant.save();
  return grant;
}

const configuration = {
  clients: [
    client('carreau', 'RS256'),
    client('carreau-es', 'ES256'),
    client('carreau-ed', 'EdDSA'),
    {
      client_id: 'service',
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: clientAuth,
    },
  ],
  jwks: {
    keys: [
      key('rsa-1', 'RS256', 'rsa', { modulusLength: 2048 }),
      key('ec-1', 'ES256', 'ec', { namedCurve: 'P-256' }),
      key('ed-1', 'EdDSA', 'ed25519'),
    ],
  },
  clientAuthMethods: [clientAuth],
  cookies: { keys: ['only for tests'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  pkce: { methods: ['S256'], required: () => true },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource) => {
        if (resource !== audience) throw new errors.InvalidTarget();
        return { scope: 'features', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
      },
      defaultResource: () => undefined,
    },
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: grantEverything,
  findAccount: (ctx, id) => {
    const account = accounts.find((one) => one.id === id);
    if (!account) return undefined;
    const { email, preferred_username } = account;
    return { accountId: id, claims: () => ({ sub: id, email, email_verified: true, preferred_username }) };
  },
};

function loginPage(message) {
  return `<!doctype html><html lang="en"><title>Test provider</title><h1>Sign in</h1><p role="alert">${message}</p>
<form method="post"><label>Login <input name="login" autofocus></label>
<label>Password <input name="password" type="password"></label><button>Sign in</button></form></html>`;
}

async function formOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return new URLSearchParams(Buffer.concat(pieces).toString('utf8'));
}

async function interact(provider, request, response) {
  await provider.interactionDetails(request, response);
  let message = '';
  if (request.method === 'POST') {
    const form = await formOf(request);
    const account = accounts.find((one) => one.id === form.get('login') && one.password === form.get('password'));
    if (account) {
      await provider.interactionFinished(request, response, { login: { accountId: account.id } });
      return;
    }
    message = 'Wrong login or password';
  }
  response.writeHead(message ? 401 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(loginPage(message));
}

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, configuration);
provider.on('server_error', (ctx, error) => console.error(error));
provider.on('grant.error', (ctx, error) => console.error(error.message, error.error_detail ?? ''));
const answer = provider.callback();
server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
    return;
  }
  interact(provider, request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(400).end('The sign-in is too old: start again');
  });
});
process.stdout.write(`${issuer}\n`);
