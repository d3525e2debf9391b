/** Pictures of pages, for the docs: a Chromium without a window, told what to do by its DevTools protocol. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { path } from "./folder.ts";
import { which } from "./machine.ts";

export interface ScreenshotOptions {
  /** Logs in to Gitea first; see `loginOf`. */
  login?: { username: string; password: string };
  /** Of the window, in CSS pixels; 1280 unless told. */
  width?: number;
  /** The part of the page that is wanted, as a CSS selector; the whole page unless told. */
  of?: string;
}

/** Writes a PNG, two pixels for each CSS pixel. @throws where there is no Chromium, or the page can't be loaded */
export async function screenshot(url: string, file: string, options: ScreenshotOptions = {}): Promise<void> {
  const profile = mkdtempSync(path("browser", "profile-"));
  const browser = await launch(profile);
  try {
    const page = await openPage(browser.address);
    const { login, width = 1280 } = options;
    await page.tell("Emulation.setDeviceMetricsOverride", { width, height: 800, deviceScaleFactor: 2, mobile: false });
    if (login) {
      await page.goTo(new URL("/user/login", url).href);
      const fields = { user_name: login.username, password: login.password };
      await page.leaveBy(
        `for (const [id, value] of Object.entries(${JSON.stringify(fields)})) document.getElementById(id).value = value;` +
          `document.getElementById("password").form.submit()`,
      );
    }
    await page.goTo(url);
    writeFileSync(file, await page.picture(options.of));
  } finally {
    await browser.end();
    rmSync(profile, { recursive: true, force: true });
  }
}

interface Browser {
  /** Of its DevTools, `ws://…`. */
  address: string;
  end(): Promise<void>;
}

async function launch(profile: string): Promise<Browser> {
  const program = which("chromium") ?? which("google-chrome");
  if (!program) throw new Error("pictures need chromium or google-chrome on PATH: install one");
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"];
  const child = spawn(program, [...flags, "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  const limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
  for await (const line of createInterface({ input: child.stderr })) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    child.stderr.resume();
    clearTimeout(limit);
    return { address, end };
  }
  clearTimeout(limit);
  throw new Error(`${program} ended before it could be told anything`);
}

interface Page {
  /** Calls a method of the protocol. */
  tell(method: string, parameters?: object): Promise<Record<string, unknown>>;
  /** Returns when everything is loaded. */
  goTo(address: string): Promise<void>;
  /** Runs a script that makes the page load another. */
  leaveBy(script: string): Promise<void>;
  /** Of what is found by a CSS selector, or of the whole page. */
  picture(selector: string | undefined): Promise<Buffer>;
}

/** https://chromedevtools.github.io/devtools-protocol */
async function openPage(browser: string): Promise<Page> {
  const list = await fetch(`http://${new URL(browser).host}/json/list`);
  const targets = (await list.json()) as { type: string; webSocketDebuggerUrl: string }[];
  const address = targets.find(({ type }) => type === "page")?.webSocketDebuggerUrl ?? "";
  const socket = new WebSocket(address);
  await new Promise((done, fail) => {
    socket.addEventListener("open", done);
    socket.addEventListener("error", () => fail(new Error("Chromium's DevTools do not answer")));
  });
  const answers = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const loads = new EventTarget();
  socket.addEventListener("message", ({ data }) => {
    const { id, method, error, result } = JSON.parse(String(data));
    if (method === "Page.loadEventFired") loads.dispatchEvent(new Event("load"));
    else if (error) answers.get(id)?.reject(new Error(`Chromium says: ${error.message}`));
    else answers.get(id)?.resolve(result);
  });
  let asked = 0;
  const tell: Page["tell"] = (method, params = {}) => {
    asked += 1;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    answers.set(asked, answer);
    socket.send(JSON.stringify({ id: asked, method, params }));
    return answer.promise;
  };
  await tell("Page.enable");
  /** Does what leads to another page and waits until that is loaded. */
  const leave = async (act: () => Promise<unknown>): Promise<void> => {
    const loaded = Promise.withResolvers<void>();
    loads.addEventListener("load", () => loaded.resolve(), { once: true });
    const limit = setTimeout(() => loaded.reject(new Error("the page was not loaded within 30 s")), 30_000);
    await act();
    await loaded.promise.finally(() => clearTimeout(limit));
  };
  const evaluate = (expression: string): Promise<Record<string, unknown>> =>
    tell("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
  return {
    tell,
    leaveBy: (script) => leave(() => evaluate(script)),
    goTo: (url) =>
      leave(async () => {
        const { errorText } = await tell("Page.navigate", { url });
        if (errorText) throw new Error(`${url} can't be loaded: ${String(errorText)}`);
      }),
    async picture(selector) {
      await evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 500)))"); // what scripts draw
      const { result } = await evaluate(`(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        const whole = { x: 0, y: 0, width: scrollWidth, height: scrollHeight };
        const wanted = ${selector === undefined} ? whole : document.querySelector(${JSON.stringify(selector ?? "")}).getBoundingClientRect();
        return { x: wanted.x + scrollX, y: wanted.y + scrollY, width: wanted.width, height: wanted.height, scale: 1 };
      })()`);
      const clip = (result as { value?: object }).value;
      if (clip === undefined) throw new Error(`there is nothing on the page that is ${selector}`);
      const { data } = await tell("Page.captureScreenshot", { clip, captureBeyondViewport: true });
      return Buffer.from(String(data), "base64");
    },
  };
}
