// A head office to look at: founded, keys made, cards ordered and some of them made, all by the real programs.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "a password for trying out";
export const DUTIES = ["administrator", "key-officer", "issuer", "member-service", "operations", "set-up", "settlement", "auditor"];

const NAMES = ["Ada Brown", "José García", "王小明", "ليلى حسن", "Grete Müller", "Ines Okafor", "=SUM(A1)", "<b>Bold</b>"];

export async function office(target) {
    const folder = mkdtempSync(join(tmpdir(), "satchel-browser-"));
    const env = {
        ...process.env, SATCHEL_TRIAL: "true", SATCHEL_PASSWORD: PASSWORD, SATCHEL_PASSWORD_2: PASSWORD, SATCHEL_PASSWORD_3: PASSWORD,
        SATCHEL_NEW_PASSWORD: PASSWORD,
    };
    const satchel = (...words) => execFileSync(join(target, "satchel"), words, { cwd: folder, env, encoding: "utf8" });
    const background = (...words) => spawn(join(target, "satchel"), words, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
    satchel("found", "--chain", "Corner Market", "--enterprise", "CORNER01", "--administrator", "administrator", "--key-officers", "key-officer", "ben");
    for (const duty of DUTIES.slice(2)) satchel("appoint", duty, "--login", "administrator", "--name", duty, "--duty", duty);
    satchel("appoint", "second", "--login", "administrator", "--name", "Second", "--duty", "member-service");
    for (const [login, language] of [["reviewer", "de"], ["lector", "es"], ["du", "zh"], ["qari", "ar"]]) {
        satchel("appoint", login, "--login", "administrator", "--name", login, "--duty", "set-up", "--language", language);
    }
    for (const login of ["issuer", "operations", "set-up", "settlement"]) satchel("keys", "admit", login, "--login", "key-officer", "--with", "ben");
    const throws = ["Ada", "Ben", "Cy"].map((name, place) => {
        writeFileSync(join(folder, name), `${name} throws ${"415263".repeat(9)}${place}`);
        return name;
    });
    satchel("keys", "ceremony", "--login", "key-officer", "--with", "ben", "--threshold", "2", "--sheets", "sheets", "--custodians", ...throws, "--contributions", ...throws);
    const quoted = NAMES.map((name, place) => `"${name}",0301234${place},${10 + place}.50,${place * 7}`);
    writeFileSync(join(folder, "cards.csv"), `name,contact,amount,points\n${quoted.join("\n")}\n,,,\n`);
    satchel("issue", "order", "cards.csv", "--name", "Spring", "--login", "issuer");
    satchel("publish", "--login", "set-up");
    const verifier = background("verifier", "--login", "key-officer");
    await until(() => existsSync(join(folder, "verifier.socket")));
    for (let chip = 1; chip <= 5; chip += 1) {
        const reader = `exec:${join(target, "satchel-card")} stdio --uid 045A0000000${chip}80`;
        satchel("issue", "run", "1", "--login", "issuer", "--once", "--reader", reader);
    }
    writeFileSync(join(folder, "stray"), Buffer.from([0x83, 0x01, 0x18, 0x65, 0x41, 0x00]));
    satchel("collect", "stray", "--login", "settlement");
    const port = await freePort();
    const console = background("serve", "--listen", `127.0.0.1:${port}`);
    const address = `http://127.0.0.1:${port}`;
    await until(() => fetch(`${address}/login`).then(() => true, () => false));
    const close = () => {
        verifier.kill();
        console.kill();
        rmSync(folder, { recursive: true, force: true });
    };
    return { address, satchel, close, folder };
}

async function until(ready) {
    for (let tries = 0; tries < 200; tries += 1) {
        if (await ready()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("it is not up after ten seconds");
}

function freePort() {
    return new Promise((resolve) => {
        const server = createServer();
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}
