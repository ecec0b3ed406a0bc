/* One Chromium, and for each test its own hands: browsers of people, watched for complaints. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { BASE, PASSWORD, address } from './site.mjs';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');

const PATIENCE_MS = 10000;
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync',
	'--disable-dev-shm-usage'];

export const SCREENSHOTS = join(process.env.BUILD ?? 'build', 'screenshots');

/* What a page may not do unnoticed: throw, complain on its console (a broken policy does), fetch what is
 * not there, or turn to another host. A test that provokes one of these says so by `expect`. */
function watch(page, complaints, expected) {
	const complain = (text) => {
		if (!expected.some((pattern) => pattern.test(text))) complaints.push(`${page.url()}: ${text}`);
	};
	page.on('pageerror', (failure) => complain(`script: ${failure.message}`));
	page.on('console', (message) => {
		const isStatus = message.text().startsWith('Failed to load resource: the server responded');
		if (message.type() === 'error' && !isStatus) complain(`console: ${message.text()}`);
	});
	page.on('request', (request) => {
		if (!request.url().startsWith(BASE) && !/^(data|blob|about):/.test(request.url()))
			complain(`another host: ${request.url()}`);
	});
	page.on('response', (response) => {
		const status = response.status();
		const what = `${status} ${response.request().method()} ${response.url().slice(BASE.length)}`;
		if (status >= 500 || (status >= 400 && !response.request().isNavigationRequest())) complain(what);
	});
}

async function signIn(page, who) {
	await page.goto('/login');
	await page.getByLabel('E-mail address').fill(address(who));
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

class Hands {
	#browser;
	#sessions;
	#contexts = [];
	#complaints = [];
	#expected = [];

	constructor(browser, sessions, scripts) {
		this.#browser = browser;
		this.#sessions = sessions;
		this.scripts = scripts;
	}

	/* A browser of its own, nobody signed in. Nothing moves in it: a click waits until its target stands
	 * still, which a page without scripts cannot tell. */
	async visitor(options = {}) {
		const context = await this.#browser.newContext({
			baseURL: BASE, viewport: { width: 1280, height: 800 }, javaScriptEnabled: this.scripts,
			reducedMotion: 'reduce', ...options,
		});
		context.setDefaultTimeout(PATIENCE_MS);
		this.#contexts.push(context);
		const page = await context.newPage();
		watch(page, this.#complaints, this.#expected);
		return page;
	}

	/* A browser in which `who` is signed in; the session is shared by the tests of a file, so a test that
	 * ends it asks for one of its own. */
	async browserOf(who, options = {}) {
		const { own = false, ...rest } = options;
		if (own) {
			const page = await this.visitor(rest);
			await signIn(page, who);
			return page;
		}
		if (!this.#sessions.has(who)) {
			const page = await this.visitor();
			await signIn(page, who);
			this.#sessions.set(who, await page.context().storageState());
		}
		return this.visitor({ ...rest, storageState: this.#sessions.get(who) });
	}

	/* A complaint that this test provokes. */
	expect(pattern) {
		this.#expected.push(pattern);
	}

	complaints() {
		return this.#complaints;
	}

	/* What the pages show when a test has failed. */
	async where() {
		const lines = [];
		for (const page of this.#contexts.flatMap((context) => context.pages())) {
			const text = await page.locator('main').innerText({ timeout: 500 }).catch(() => '');
			lines.push(`at ${page.url()}: ${text.replace(/\s+/g, ' ').slice(0, 300)}`);
		}
		return lines;
	}

	async close() {
		for (const context of this.#contexts) await context.close().catch(() => {});
	}
}

export async function openBrowser() {
	mkdirSync(SCREENSHOTS, { recursive: true });
	const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
	const sessions = new Map();
	return {
		hands: (scripts) => new Hands(browser, sessions, scripts),
		close: () => browser.close(),
	};
}

/* Open an address and insist on its status. */
export async function visit(page, path, status = 200) {
	const response = await page.goto(path);
	assert.equal(response.status(), status, `status of ${path}`);
	return response;
}

/* Wait until `ask` answers true: for what is outside a page. */
export async function until(what, ask) {
	const end = Date.now() + PATIENCE_MS;
	while (!(await ask())) {
		assert.ok(Date.now() < end, `in time: ${what}`);
		await new Promise((done) => setTimeout(done, 100));
	}
}

export async function toast(page, text) {
	await page.locator('[data-toast]').filter({ hasText: text }).waitFor();
}

/* Wait until there is no such thing on the page. */
export async function gone(locator) {
	await locator.waitFor({ state: 'detached' });
}
