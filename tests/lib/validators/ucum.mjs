// Reads one conversion per line, {from, to, value}, and answers each with one line: {status, value} or {status, message}.
// Without `to` it answers whether the code is valid as it stands: {status: "valid"} or another status.

import ucum from '@lhncbc/ucum-lhc';
import { createInterface } from 'node:readline';

console.log = console.error; // it logs blanks in a code to standard output, which carries the answers
const utils = ucum.UcumLhcUtils.getInstance();

for await (const line of createInterface({ input: process.stdin })) {
  const { from, to, value } = JSON.parse(line);
  if (to === undefined) {
    const { status, ucumCode } = utils.validateUnitString(from);
    process.stdout.write(JSON.stringify({ status: ucumCode === from ? status : 'invalid' }) + '\n');
    continue;
  }
  const { status, toVal, msg } = utils.convertUnitTo(from, value, to);
  // If a conversion succeeds with a message, the library guessed another unit.
  const asAsked = status === 'succeeded' && msg.length === 0;
  const answer = asAsked ? { status, value: toVal } : { status: 'failed', message: msg.join(' ') };
  process.stdout.write(JSON.stringify(answer) + '\n');
}
