// Chromium for the tests of pages: it asks nobody but the server, and whatever it complains of is kept.
import { chromium } from "playwright-core";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export class Browsing {
  complaints = [];
  elsewhere = [];

  static async started(executablePath, url) {
    const browsing = new Browsing();
    browsing.url = new URL(url);
    browsing.browser = await chromium.launch({ executablePath, args: QUIET });
    return browsing;
  }

  async page(options) {
    const context = await this.browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (origin !== this.url.origin && origin !== "null") this.elsewhere.push(request.url());
    });
    page.on("websocket", (socket) => {
      if (new URL(socket.url()).host !== this.url.host) this.elsewhere.push(socket.url());
    });
    return page;
  }

  close() {
    return this.browser.close();
  }
}
