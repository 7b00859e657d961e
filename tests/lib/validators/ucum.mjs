// Reads one conversion per line, {from, to, value}, and answers each with one line: {status, value} or {status, message}.

import ucum from '@lhncbc/ucum-lhc';
import { createInterface } from 'node:readline';

const utils = ucum.UcumLhcUtils.getInstance();

for await (const line of createInterface({ input: process.stdin })) {
  const { from, to, value } = JSON.parse(line);
  const { status, toVal, msg } = utils.convertUnitTo(from, value, to);
  // If a conversion succeeds with a message, the library guessed another unit.
  const asAsked = status === 'succeeded' && msg.length === 0;
  const answer = asAsked ? { status, value: toVal } : { status: 'failed', message: msg.join(' ') };
  process.stdout.write(JSON.stringify(answer) + '\n');
}
