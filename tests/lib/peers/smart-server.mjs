// An authorization server for SMART App Launch 2.2, based on oidc-provider: one client, which authenticates only as it is
// registered, PKCE with S256, the launch context in the token response. It signs in and consents automatically.

import { generateKeyPairSync } from 'node:crypto';
import Provider, { errors } from 'oidc-provider';

const CLINICIAN = 'clinician';
const TOKEN_LIFETIME = 300;
const CAPABILITY_OF_METHOD = {
  private_key_jwt: 'client-confidential-asymmetric',
  client_secret_basic: 'client-confidential-symmetric',
  none: 'client-public',
};
const SCOPES = [
  'launch', 'launch/patient', 'openid', 'fhirUser',
  'patient/Patient.r', 'patient/Observation.rs', 'patient/Condition.rs', 'patient/RiskAssessment.c',
  'patient/DocumentReference.c',
];

// The `launch` parameter for an app: an opaque text, here the context itself.
function contextOfLaunch(launch) {
  try {
    const context = JSON.parse(Buffer.from(launch, 'base64url').toString());
    if (typeof context.patient === 'string') return context;
  } catch {
    // Not JSON: refused below.
  }
  throw new errors.InvalidRequest('unknown launch');
}

function signingKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'ehr' }] };
}

// `chosenPatient` is the patient that the clinician picks in a standalone launch. The client gives `jwks` or `jwks_uri`,
// or another `token_endpoint_auth_method` than private_key_jwt.
export function smartServer({ issuer, fhirBase, client, chosenPatient }) {
  const contexts = new Map();
  const method = client.token_endpoint_auth_method ?? 'private_key_jwt';

  function contextOf({ scope = '', launch }) {
    const scopes = scope.split(' ');
    if (scopes.includes('launch')) return contextOfLaunch(launch);
    return scopes.includes('launch/patient') ? { patient: chosenPatient, need_patient_banner: true } : {};
  }

  // Each authorization is a separate grant, because the same browser may be launched for another patient.
  async function consentTo(scope, clientId, context) {
    const grant = new provider.Grant({ accountId: CLINICIAN, clientId });
    grant.addOIDCScope(scope);
    const id = await grant.save();
    contexts.set(id, context);
    return provider.Grant.find(id);
  }

  const provider = new Provider(issuer, {
    clients: [{
      ...client,
      token_endpoint_auth_method: method,
      grant_types: ['authorization_code'],
      response_types: ['code'],
    }],
    clientAuthMethods: [method],
    enabledJWA: { clientAuthSigningAlgValues: ['ES384', 'RS384'] },
    scopes: SCOPES,
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    extraParams: {
      aud(_ctx, value) {
        if (value !== fhirBase) throw new errors.InvalidRequest('aud must be the FHIR base URL');
      },
      launch(ctx) {
        contextOf(ctx.oidc.params);
      },
    },
    features: { devInteractions: { enabled: false } },
    jwks: signingKeys(),
    cookies: { keys: ['of a test'] },
    ttl: {
      AccessToken: TOKEN_LIFETIME, AuthorizationCode: 60, IdToken: TOKEN_LIFETIME,
      Grant: 3600, Interaction: 3600, Session: 3600,
    },
    // Otherwise a second launch in the same browser would end the first.
    expiresWithSession: () => false,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, fhirUser: `${fhirBase}/Practitioner/${sub}` }),
    }),
    loadExistingGrant: (ctx) => consentTo(ctx.oidc.params.scope, ctx.oidc.client.clientId, contextOf(ctx.oidc.params)),
    renderError(ctx, out) {
      ctx.body = out;
    },
    // The default refuses loopback addresses, but a test's JWKS is on loopback.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  });

  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'token' && ctx.status === 200) {
      Object.assign(ctx.body, contexts.get(ctx.oidc.entities.Grant.jti));
    }
  });

  const answer = provider.callback();

  return {
    answer(request, response) {
      if (request.url.startsWith('/interaction/')) {
        return provider.interactionFinished(request, response, { login: { accountId: CLINICIAN } });
      }
      return answer(request, response);
    },

    // A token as an EHR gives it to a CDS service.
    async issue(scope, patient) {
      const grant = await consentTo(scope, client.client_id, { patient });
      const token = new provider.AccessToken({
        accountId: CLINICIAN,
        client: await provider.Client.find(client.client_id),
        grantId: grant.jti,
        gty: 'authorization_code',
        scope,
      });
      return token.save();
    },

    // The scopes and patient of a token; undefined if the token is unknown or has expired.
    async accessOf(value) {
      const token = value && await provider.AccessToken.find(value);
      return token ? { scopes: token.scope.split(' '), patient: contexts.get(token.grantId)?.patient } : undefined;
    },

    configuration: {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      grant_types_supported: ['authorization_code'],
      response_types_supported: ['code'],
      scopes_supported: SCOPES,
      code_challenge_methods_supported: ['S256'],
      // SMART's list of methods has no word for a public client.
      token_endpoint_auth_methods_supported: method === 'none' ? [] : [method],
      token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'],
      capabilities: [
        'launch-ehr', 'launch-standalone', CAPABILITY_OF_METHOD[method], 'sso-openid-connect',
        'context-ehr-patient', 'context-standalone-patient', 'context-banner',
        'permission-patient', 'permission-v2', 'authorize-post',
      ],
    },
  };
}
