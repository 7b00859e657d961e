// Score form and result with Lighthouse, on a phone and on a desktop. Usage: node judge.mjs URL
// Prints every score and every audit that is not perfect; exits 1 if a score is below 100.
import puppeteer from "puppeteer-core";
import { startFlow } from "lighthouse";
import desktop from "lighthouse/core/config/desktop-config.js";

const [url] = process.argv.slice(2);
const JUDGED = ["accessibility", "best-practices", "performance"];
const PATIENT = {
  neutrophils: ["4.2", "10*9/L"],
  lymphocytes: ["1.1", "10*9/L"],
  platelets: ["145", "10*9/L"],
  afp: ["620", "ng/mL"],
};
let isPerfect = true;

for (const [screen, config] of [["phone", undefined], ["desktop", desktop]]) {
  const browser = await puppeteer.launch({
    executablePath: process.env.SII_AFP_TEST_CHROMIUM,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  const flow = await startFlow(page, { config });
  await flow.navigate(url, { name: "form" });
  for (const [name, [value, unit]] of Object.entries(PATIENT)) {
    await page.type(`#${name}`, value);
    await page.select(`#${name}_unit`, unit);
  }
  await flow.navigate(() => page.evaluate(() => document.querySelector("#calculator").submit()), { name: "result" });
  for (const { name, lhr } of (await flow.createFlowResult()).steps) {
    for (const id of JUDGED) {
      const score = Math.round(100 * lhr.categories[id].score);
      isPerfect &&= score === 100;
      console.log(`${screen.padEnd(8)} ${name.padEnd(7)} ${id.padEnd(15)} ${score}`);
      for (const { id: audit } of lhr.categories[id].auditRefs) {
        const { score: part, displayValue } = lhr.audits[audit];
        if (part !== null && part < 1) console.log(`         - ${audit} ${part} ${displayValue ?? ""}`);
      }
    }
  }
  await browser.close();
}
process.exit(isPerfect ? 0 : 1);
