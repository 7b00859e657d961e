// Calls a CDS service as medplum's own client does. Reads JSON with {base_url, request, fhir_base, tokens}; writes one
// line with {services, request, response}; after a refusal {refusal: {status, outcome}} replaces the parts that were not
// reached. If a `request` has no `prefetch`, the client expands the discovered templates and searches in `fhir_base`.

import { text } from 'node:stream/consumers';

// Node 20 has none. The client refers to it when it is loaded, but does not use it for CDS Hooks.
globalThis.WebSocket ??= class {};
const { buildCdsRequest, MedplumClient, OperationOutcomeError } = await import('medplum-client');

const CLINICIAN = { resourceType: 'Practitioner', id: 'clinician' };
const given = JSON.parse(await text(process.stdin));
let status;
const fhir = new URL(given.fhir_base ?? given.base_url);
const client = new MedplumClient({
  baseUrl: fhir.origin,
  fhirUrlPath: fhir.pathname,
  cdsServicesUrl: `${given.base_url.replace(/\/$/, '')}/cds-services`,
  maxRetries: 0,
  fetch: async (...request) => {
    const response = await fetch(...request);
    status = response.status;
    return response;
  },
});

const signed = (token) => (token ? { headers: { Authorization: `Bearer ${token}` } } : {});
const said = {};
try {
  said.services = (await client.getCdsServices(signed(given.tokens?.[0]))).services;
  const service = said.services.find(({ hook }) => hook === given.request.hook);
  if (!service) throw new Error(`No service for the hook ${given.request.hook} was discovered`);
  said.request = given.request.prefetch
    ? given.request
    : { ...await buildCdsRequest(client, CLINICIAN, service, given.request.context), ...given.request };
  said.response = await client.callCdsService(service.id, said.request, signed(given.tokens?.[1]));
} catch (error) {
  if (!(error instanceof OperationOutcomeError)) throw error;
  said.refusal = { status, outcome: error.outcome };
}
process.stdout.write(JSON.stringify(said) + '\n');
