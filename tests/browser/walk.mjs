// Walks every page as every duty, tries what each may not do, and photographs what it sees.
//
//   node walk.mjs TARGET [PICTURES]    TARGET: where `satchel` and `satchel-card` are; PICTURES: where pictures go

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { DUTIES, PASSWORD, office } from "./office.mjs";

const PAGES = {
    "/": "look", "/cards": "look", "/members?words=a": "members", "/batches": "look", "/batches/1": "look", "/places": "look",
    "/terminals": "look", "/terminals/101/enrolment": "places", "/people": "look", "/drafts": "look", "/corrections": "look", "/collection-cards": "look", "/ledger": "look", "/settlement": "look", "/exceptions": "look", "/keys": "look", "/officers": "appoint", "/audit": "audit", "/account": "look",
};
const MAY_SEE = { appoint: ["administrator"], places: ["operations"], audit: ["administrator", "auditor"], members: ["member-service", "issuer", "auditor"] };
/** A form that each duty alone may send: address and fields. */
const CHANGES = {
    administrator: ["/officers/nobody/active", { revision: "1", active: "no" }],
    issuer: ["/batches", { name: "walked", table: "name\nWalker\n" }],
    "member-service": ["/members", { name: "Walked By", contact: "" }],
    operations: ["/places", { name: "Walked", kind: "van", region: "" }],
    settlement: ["/exceptions/resolve", { kind: "held", terminal: "999", sequence: "1", revision: "1", reason: "walked" }],
    "set-up": ["/drafts", { kind: "texts", body: "{\"footer\": \"Thank you\"}" }],
};

/** Which duty's picture of a page is kept: whoever sees most of it. */
const KEPT = { "/members?words=a": "member-service", "/batches": "issuer", "/batches/1": "issuer", "/places": "operations", "/terminals": "operations", "/terminals/101/enrolment": "operations", "/people": "operations", "/collection-cards": "operations", "/corrections": "member-service", "/exceptions": "settlement", "/drafts": "set-up", "/officers": "administrator", "/cards/one": "member-service" };

const [target, pictures] = process.argv.slice(2).map((path) => resolve(path));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const faults = [];
let looked = 0;
let refused = 0;

const place = await office(target);
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
    await furnish();
    for (const duty of DUTIES) await walk(duty, duty, "light");
    await walk("auditor", "auditor", "dark");
    for (const [login, language] of [["reviewer", "de"], ["lector", "es"], ["du", "zh"], ["qari", "ar"]]) await walk(login, "set-up", "light", language);
    await withoutJavaScript();
    await fromFiles();
    await invited();
    await settled();
    await audited();
    await live();
} finally {
    await browser.close();
    place.close();
}
for (const fault of faults) console.error(fault);
console.log(`${looked} pages looked at as ${DUTIES.length} duties in 5 languages, ${refused} attempts refused`);
console.log(`${looked + refused - faults.length} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);

/** Stores, a profile, terminals and people, as operations enter them. */
async function furnish() {
    const { context, page } = await signedOn("operations");
    const send = async (address, fields, choices = {}) => {
        await page.goto(place.address + address);
        const form = page.locator("aside form").filter({ has: page.locator(`input[name=${Object.keys(fields)[0] ?? "csrf"}]`) }).last();
        for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
        for (const [name, label] of Object.entries(choices)) await form.locator(`[name=${name}]`).selectOption(label);
        await form.locator("button").click();
        expect((await page.locator("[role=alert]").count()) === 0, `${address} takes ${JSON.stringify(fields)}`);
    };
    for (const [name, kind, region] of [["North Street", "store", "East"], ["Market Square", "store", "East"], ["Van 7", "van", "West"], ["Hub", "centre", "West"]]) {
        await send("/places", { name, region }, { kind });
    }
    await send("/terminals", { name: "Till", per_sale: "20000", offline: "200000", allowance: "500000" });
    for (const where of ["North Street", "Market Square", "Van 7"]) {
        await page.goto(`${place.address}/terminals`);
        await page.locator("select[name=place]").selectOption(where);
        await page.locator("aside form").first().locator("button").click();
    }
    for (const [name, level] of [["Ines Okafor", "store-manager"], ["Chidi Eze", "cashier"], ["Tomás Ruiz", "seller"]]) {
        await send("/people", { name, valid_until: "2027-12-31" }, { level });
    }
    await send("/collection-cards", { name: "Round East", valid_until: "2027-12-31" });
    await page.goto(`${place.address}/terminals`);
    await page.locator("td button.danger").last().click();
    expect((await page.textContent("tbody")).includes("lost"), "a lost terminal is shown as lost");
    await context.close();
    await corrected();
}

/** One officer asks for a correction, and another decides; nobody approves their own. */
async function corrected() {
    const { context, page } = await signedOn("member-service");
    for (const [place_in_list, amount] of [[0, "-1.50"], [1, "2,25"]]) {
        await page.goto(`${place.address}/cards?state=active`);
        await page.locator("td a[href^='/cards/']").nth(place_in_list).click();
        const form = page.locator("form[action$='/correct']");
        await form.locator("[name=amount]").fill(amount);
        await form.locator("[name=reason]").fill("billed twice");
        await form.locator("button").click();
        expect((await page.locator("[role=alert]").count()) === 0, `a correction by ${amount} is asked for`);
    }
    await page.goto(`${place.address}/corrections`);
    expect((await page.locator("form[action$='/approve']").count()) === 0, "nobody approves their own correction");
    await context.close();
    const second = await signedOn("second");
    await second.page.goto(`${place.address}/corrections`);
    await second.page.locator("form[action$='/approve'] button").first().click();
    expect((await second.page.textContent("tbody")).includes("approved"), "another officer approves it");
    await second.context.close();
}

async function signedOn(login, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    page.on("console", (message) => {
        const expected = /status of (401|403|404|409|422)/.test(message.text());
        if (message.type() === "error" && !expected) faults.push(`${login} at ${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`${login} at ${page.url()}: ${error}`));
    await page.goto(`${place.address}/login`);
    await page.fill("input[name=login]", login);
    await page.fill("input[name=password]", PASSWORD);
    await page.click("main button");
    await page.waitForURL(`${place.address}/`);
    return { context, page };
}

async function walk(login, duty, scheme, language = "en") {
    const { context, page } = await signedOn(login, { colorScheme: scheme });
    for (const [address, permission] of Object.entries(PAGES)) {
        const answer = await page.goto(place.address + address);
        const may = MAY_SEE[permission]?.includes(duty) ?? true;
        expect(answer.status() === (may ? 200 : 403), `${duty} at ${address}: ${answer.status()}`);
        if (!may) {
            refused += 1;
            continue;
        }
        looked += 1;
        await inspect(page, `${login} (${scheme}) at ${address}`);
        const name = address === "/" ? "overview" : address.slice(1).replace(/[/?].*/, (rest) => (/enrolment/.test(rest) ? "-enrolment" : /^\/\d/.test(rest) ? "-one" : ""));
        await photograph(page, `${name}-${scheme}-${language}`, duty, address);
    }
    if (scheme === "light" && language === "en") await attempt(page, duty);
    const card = await page.goto(`${place.address}/cards`).then(() => page.locator("td a[href^='/cards/']").first());
    await card.click();
    await inspect(page, `${login} (${scheme}) at a card`);
    await photograph(page, `card-${scheme}-${language}`, duty, "/cards/one");
    await context.close();
}

async function photograph(page, name, duty, address) {
    const keeps = name.includes("-en") && name.includes("light") ? (KEPT[address] ?? "auditor") === duty : true;
    if (pictures === undefined || !keeps) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
}

async function inspect(page, where) {
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(!sideways, `${where}: it scrolls sideways`);
    // Into a world of its own, which the page's policy does not reach.
    await page.evaluate(axe);
    const { passes, violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations", "passes"] }));
    expect(passes.length > 0, `${where}: nothing was checked`);
    for (const { id, impact, help, nodes } of found) {
        expect(!["serious", "critical"].includes(impact), `${where}: ${impact} ${id}: ${help}: ${nodes.map((node) => node.html).join(" ").slice(0, 400)}`);
    }
}

/** Sends every form as this duty, with its own session and its own token against forgery. */
async function attempt(page, duty) {
    await page.goto(`${place.address}/account`);
    for (const [holder, [address, fields]] of Object.entries(CHANGES)) {
        const status = await page.evaluate(async ([to, sent]) => {
            const csrf = document.querySelector("input[name=csrf]").value;
            const answer = await fetch(to, { method: "POST", body: new URLSearchParams({ ...sent, csrf }), redirect: "manual" });
            return answer.type === "opaqueredirect" ? 303 : answer.status;
        }, [address, fields]);
        if (holder === duty) {
            expect(status !== 403, `${duty} may ${address}: ${status}`);
        } else {
            refused += 1;
            expect(status === 403, `${duty} may not ${address}: ${status}`);
        }
    }
    const forged = await page.evaluate(async () => {
        const body = new URLSearchParams({ name: "Forged", contact: "", csrf: "0".repeat(64) });
        return (await fetch("/members", { method: "POST", body })).status;
    });
    expect(forged === 403, `${duty} with a forged form: ${forged}`);
}

/** What matters works in a browser without any scripts. */
async function withoutJavaScript() {
    const { context, page } = await signedOn("member-service", { javaScriptEnabled: false });
    await page.goto(`${place.address}/members`);
    await page.fill("aside input[name=name]", "Plain Browser");
    await page.click("aside button");
    expect((await page.textContent("h1")) === "Plain Browser", "a member is added without scripts");
    await page.goto(`${place.address}/cards?name=ada`);
    await page.click("td a[href^='/cards/']");
    await page.fill("form[action$='/block'] input[name=reason]", "reported lost");
    await page.click("form[action$='/block'] button");
    expect((await page.textContent("dl .badge")) === "blocked", "a card is blocked without scripts");
    await page.goBack();
    await page.goBack();
    await context.close();
    const second = await signedOn("member-service");
    await second.page.goto(`${place.address}/cards?state=blocked`);
    await second.page.click("td a[href^='/cards/']");
    const other = await signedOn("member-service");
    await other.page.goto(second.page.url());
    for (const { page: one, told } of [{ page: second.page, told: false }, { page: other.page, told: true }]) {
        await one.fill("form[action$='/unblock'] input[name=reason]", "found again");
        await one.click("form[action$='/unblock'] button");
        const refusal = await one.locator("[role=alert]").count();
        expect((refusal > 0) === told, "the second of two people is told that somebody was faster");
    }
    await second.context.clearCookies();
    await second.page.goto(`${place.address}/cards`);
    expect(second.page.url().endsWith("/login"), "without a session one signs on");
    await second.context.close();
    await other.context.close();
}

/** Every attempt stands in the trail, and the trail holds. */
async function audited() {
    const { context, page } = await signedOn("auditor");
    let found = 0;
    for (let address = "/audit"; address !== null;) {
        await page.goto(place.address + address);
        found += await page.locator("td code", { hasText: /^refused$/ }).count();
        const older = page.locator("a.button");
        address = (await older.count()) > 0 ? await older.getAttribute("href") : null;
    }
    expect(found >= refused, `${found} of ${refused} refused attempts are in the trail`);
    await context.close();
    expect(place.satchel("check").includes("as they were written"), "both chains hold");
}

/** A table is chosen as a file; one with mistakes is shown with its lines. */
async function fromFiles() {
    const { context, page } = await signedOn("issuer");
    const send = async (name, table) => {
        await page.goto(`${place.address}/batches`);
        await page.locator("form[enctype] input[name=name]").fill(name);
        await page.locator("input[type=file]").setInputFiles({ name: "cards.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
        await page.locator("form[enctype] button").click();
    };
    await send("wrong", "name,amount\nAda,much\n");
    expect((await page.textContent("[role=alert]")).includes("2"), "a mistake is named with its line");
    await inspect(page, "a table with mistakes");
    await send("from a file", "name,amount\nZoë Ünlü,3.50\n");
    expect((await page.textContent("h1")) === "from a file", "a batch is ordered from a file");
    await context.close();
}

/** A terminal is invited by a code on the page; what is no answer to it is named. */
async function invited() {
    const { context, page } = await signedOn("operations");
    await page.goto(`${place.address}/terminals/101/enrolment`);
    await page.locator("main button").first().click();
    expect((await page.locator("[role=img] svg").count()) === 1, "the invitation is a code to scan");
    await inspect(page, "an invitation");
    await photograph(page, "enrolment-invited", "operations", "");
    await page.fill("input[name=answer]", "SATCHEL-ANSWER1:WHAT");
    await page.getByRole("button", { name: "Take the answer" }).click();
    expect((await page.textContent("[role=alert]")).includes("answer"), "what is no answer is named");
    await context.close();
}

/** Somebody looks into what was found, and says what came of it. */
async function settled() {
    const { context, page } = await signedOn("settlement");
    await page.goto(`${place.address}/exceptions`);
    const form = page.locator("form[action='/exceptions/resolve']").first();
    await form.locator("[name=reason]").fill("somebody tried it out");
    await form.locator("button").click();
    expect((await page.textContent("tbody")).includes("somebody tried it out"), "an exception is resolved with its reason");
    await context.close();
}

/** A batch's page goes on by itself while cards are made. */
async function live() {
    const { context, page } = await signedOn("issuer");
    await page.goto(`${place.address}/batches/1`);
    const before = await page.locator("progress").getAttribute("value");
    place.satchel("issue", "run", "1", "--login", "issuer", "--once", "--reader", `exec:${join(target, "satchel-card")} stdio --uid 045A0000000980`);
    await page.waitForFunction((value) => document.querySelector("progress").getAttribute("value") !== value, before, { timeout: 15000 });
    await context.close();
}

function expect(holds, what) {
    if (!holds) faults.push(what);
}
