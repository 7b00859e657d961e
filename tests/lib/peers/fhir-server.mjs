// An EHR in one process: a FHIR server under /fhir and its authorization server, on a free port of 127.0.0.1.
// Reads one line of JSON with {resources, client, require_token, collapse_slashes}, writes one line with {"port": N}, and
// ends when its standard input closes. /__log, /__stored/TYPE and /__token are only for tests.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fhirStore } from './fhir-store.mjs';
import { smartServer } from './smart-server.mjs';

const LETTER_OF_METHOD = { GET: 'r', POST: 'c', PUT: 'u' };

// Standard output is only for the port.
console.info = console.error;

const lines = createInterface({ input: process.stdin });
const { resources, client, require_token, collapse_slashes } = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);
lines.on('close', () => process.exit());

const server = createServer((request, response) => answer(request, response).catch((error) => {
  console.error(error);
  send(response, 500, outcome('exception', String(error)));
}));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}`;

const log = [];
const store = await fhirStore(resources);
const smart = smartServer({
  issuer,
  fhirBase: `${issuer}/fhir`,
  client,
  chosenPatient: resources.find(({ resourceType }) => resourceType === 'Patient')?.id,
});
process.stdout.write(JSON.stringify({ port }) + '\n');

async function answer(request, response) {
  if (collapse_slashes) request.url = request.url.replace(/\/{2,}/g, '/');
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (pathname === '/__log') return send(response, 200, log);
  if (pathname === '/__token') {
    const { scope, patient } = JSON.parse(await text(request));
    return send(response, 200, { access_token: await smart.issue(scope, patient) });
  }
  if (pathname.startsWith('/__stored/')) {
    return send(response, ...await store.answer('GET', pathname.slice('/__stored/'.length), searchParams));
  }
  const has_token = /^Bearer /i.test(request.headers.authorization);
  const entry = { method: request.method, path: request.url, has_token };
  log.push(entry);
  response.on('finish', () => { entry.status = response.statusCode; });
  if (!pathname.startsWith('/fhir/')) return smart.answer(request, response);
  return send(response, ...await fhirAnswer(request, pathname.slice('/fhir/'.length), searchParams));
}

async function fhirAnswer(request, path, search) {
  if (path === '.well-known/smart-configuration') return [200, smart.configuration];
  if (path === 'metadata') return [200, capabilities()];
  const [type, last] = path.split('/');
  const isSearch = last === '_search' || (request.method === 'GET' && last === undefined);
  const body = await text(request);
  if (last === '_search') {
    for (const [name, value] of new URLSearchParams(body)) search.append(name, value);
  }
  let resource;
  try {
    resource = body && last !== '_search' ? JSON.parse(body) : undefined;
  } catch {
    return [400, outcome('structure', 'The body is not JSON')];
  }
  if (require_token) {
    const access = await smart.accessOf(request.headers.authorization?.replace(/^Bearer /i, ''));
    if (!access) return [401, outcome('login', 'A valid bearer token is needed')];
    const letter = isSearch ? 's' : LETTER_OF_METHOD[request.method];
    const named = search.get('patient') || search.get('subject') || resource?.subject?.reference
      || (type === 'Patient' ? last : undefined);
    const ofThePatient = named?.replace(/^Patient\//, '') === access.patient || (!named && !isSearch);
    if (!permits(access.scopes, type, letter) || !ofThePatient) {
      return [403, outcome('forbidden', `The token does not permit "${letter}" on this ${type}`)];
    }
  }
  return isSearch
    ? store.answer('GET', type, search)
    : store.answer(request.method, path, search, resource);
}

function permits(scopes, type, letter) {
  return scopes.some((scope) => {
    const [, scopedType, letters] = /^patient\/(\w+)\.(c?r?u?d?s?)$/.exec(scope) ?? [];
    return scopedType === type && letters.includes(letter);
  });
}

function capabilities() {
  const types = ['Condition', 'DocumentReference', 'Observation', 'Patient', 'RiskAssessment'];
  return {
    resourceType: 'CapabilityStatement', status: 'active', date: '2026-01-01', kind: 'instance', fhirVersion: '4.0.1',
    implementation: { description: 'A FHIR server for tests', url: `${issuer}/fhir` },
    format: ['application/fhir+json'],
    rest: [{ mode: 'server', resource: types.map((type) => ({ type })) }],
  };
}

function outcome(code, diagnostics) {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

function send(response, status, body) {
  const headers = { 'content-type': body.resourceType ? 'application/fhir+json' : 'application/json' };
  if (status === 201) headers.location = `${issuer}/fhir/${body.resourceType}/${body.id}`;
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  response.writeHead(status, headers).end(JSON.stringify(body));
}
