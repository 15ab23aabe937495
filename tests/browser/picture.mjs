// The console's pictures for the README, of a head office that is open: `./demo`, then
//
//   node picture.mjs http://127.0.0.1:8080 "satchel for a day" FOLDER

import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, password, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const [login, path, name, scheme] of [["member-service", "/cards", "console-cards", "light"], ["auditor", "/", "console-overview", "dark"]]) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 700 }, colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(`${address}/login`);
    await page.fill("input[name=login]", login);
    await page.fill("input[name=password]", password);
    await page.click("main button");
    await page.goto(address + path);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
}
await browser.close();
