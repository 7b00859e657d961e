// Reads one {expression, resource} per line and answers each with one line: the values that medplum's FHIRPath finds.
// As in a calculated expression of a form, %resource is the QuestionnaireResponse itself.

import { evalFhirPathTyped, toTypedValue } from '@medplum/core';
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, resource } = JSON.parse(line);
  const typed = toTypedValue(resource);
  const found = evalFhirPathTyped(expression, [typed], { '%resource': typed });
  process.stdout.write(JSON.stringify(found.map((one) => one.value)) + '\n');
}
