/* What holds for every page: nothing that axe finds, no sideways scrolling, a way on; and its pictures. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { SCREENSHOTS } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDTHS = [1280, 320];
const SCHEMES = ['light', 'dark'];

async function check(page, name) {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
	const violations = await page.evaluate(async (tags) => {
		const result = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
		return result.violations.map(({ id, help, nodes }) =>
			`${id} (${help}): ${nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message).join('; ')}`).join(' | ')}`);
	}, TAGS);
	assert.deepEqual(violations, [], `axe on ${name}`);
}

/* What stands out to the right of the window. */
export async function overflow(page) {
	return page.evaluate(() => {
		const root = document.documentElement;
		if (root.scrollWidth <= root.clientWidth) return [];
		return [...document.querySelectorAll('body *')]
			.filter((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5)
			.map((element) => `${element.tagName}.${element.className}`).slice(0, 8);
	});
}

/* Text that its own box cuts off. Titles under pictures and ids in lists are cut by design. */
export async function clipped(page) {
	return page.evaluate(() => [...document.querySelectorAll('body *')].filter((element) => {
		const style = getComputedStyle(element);
		const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
		return hasText && !element.closest('.visually-hidden, .tile__name, code.id, thead, textarea, option') && style.overflow !== 'visible' &&
			(element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
	}).map((element) => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`));
}

async function order(page, name) {
	const facts = await page.evaluate(() => ({
		headings: document.querySelectorAll('h1').length,
		hasDialog: !!document.querySelector('dialog[open]'),
		language: document.documentElement.lang,
		title: document.title,
		ways: document.querySelectorAll('a[href]:not(.skip):not(.brand), button').length,
		ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
	}));
	assert.equal(facts.headings, facts.hasDialog ? 2 : 1, `one main heading on ${name}`);
	assert.equal(facts.language, 'en');
	assert.match(facts.title, /^.+ · Lethe$/, `title of ${name}`);
	assert.ok(facts.ways > 0, `${name} leads on`);
	const twice = facts.ids.filter((id, i) => facts.ids.indexOf(id) !== i);
	assert.deepEqual(twice, [], `ids are used once on ${name}`);
}

/* Pictures have come and nothing moves any more. */
async function drawn(page) {
	await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
	await page.evaluate(() => Promise.all([...document.images].map((img) => {
		img.loading = 'eager';
		return img.decode().catch(() => {});
	})));
}

/* Look at the page as it is now, at each width and in each scheme. */
export async function inspect(page, name) {
	const before = page.viewportSize();
	await order(page, name);
	await drawn(page);
	for (const width of WIDTHS) {
		await page.setViewportSize({ width, height: width < 600 ? 640 : 800 });
		for (const scheme of SCHEMES) {
			await page.emulateMedia({ colorScheme: scheme });
			if ((width === WIDTHS[0]) === (scheme === 'light')) await check(page, `${name}, ${width}, ${scheme}`);
			/* A dialog stays in the window; all else is seen whole. */
			const fullPage = !(await page.locator('dialog[open]').count());
			await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}-${scheme}.png`), fullPage, animations: 'disabled' });
		}
		assert.deepEqual(await overflow(page), [], `${name} scrolls sideways at ${width} pixels`);
		assert.deepEqual(await clipped(page), [], `${name} cuts text off at ${width} pixels`);
	}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(before);
}

/* The same with letters twice as large, as a person may set in the browser. */
export async function inspectLarge(page, name) {
	const before = page.viewportSize();
	await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
	for (const width of WIDTHS) {
		await page.setViewportSize({ width, height: 800 });
		const size = await page.evaluate(() => parseFloat(getComputedStyle(document.querySelector('main p, main label, main a')).fontSize));
		assert.ok(size >= 26, `letters on ${name} follow the browser's size, not ${size} px`);
		assert.deepEqual(await overflow(page), [], `${name} scrolls sideways with large letters at ${width} pixels`);
		assert.deepEqual(await clipped(page), [], `${name} cuts large letters off at ${width} pixels`);
		await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}-large.png`), fullPage: true, animations: 'disabled' });
	}
	await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
	await page.setViewportSize(before);
}
