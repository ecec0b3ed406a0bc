/* The keyboard alone, with a focus that one can see. */
import assert from 'node:assert/strict';

import { visit } from './support/browser.mjs';
import { PASSWORD, addPhoto, address, unique } from './support/site.mjs';
import { run, test } from './support/suite.mjs';

const STEPS = 150;

/* What has the focus: whether one sees it, what it is called, where it is. */
function focused(page) {
	return page.evaluate(() => {
		const element = document.activeElement;
		if (!element || element === document.body) return null;
		const style = getComputedStyle(element);
		const box = element.getBoundingClientRect();
		return {
			name: (element.labels?.[0] ?? element).textContent.trim() || element.getAttribute('aria-label'),
			hasRing: element.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
			isInView: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
			inDialog: !!element.closest('dialog'),
			hasDialog: !!document.querySelector('dialog[open]'),
		};
	});
}

/* Press Tab until what is called so has the focus; everything on the way must show its own. */
async function tabTo(page, name, key = 'Tab') {
	const way = [];
	for (let step = 0; step < STEPS; step++) {
		await page.keyboard.press(key);
		const now = await focused(page);
		if (!now) continue;
		way.push(now.name);
		assert.ok(now.hasRing, `the focus on "${now.name}" is visible`);
		assert.ok(now.isInView, `"${now.name}" is in view when it has the focus`);
		assert.ok(!now.hasDialog || now.inDialog, `the focus stays in the dialog, not on "${now.name}"`);
		if (typeof name === 'string' ? now.name === name : name.test(now.name)) return;
	}
	assert.fail(`no way by ${key} to "${name}": ${way.join(', ')}`);
}

test('sign in, delete and undo, without a mouse', async (hands) => {
	const title = unique('By keyboard');
	await addPhoto('ada', title);
	const page = await hands.visitor();
	await visit(page, '/login');
	await tabTo(page, 'E-mail address');
	await page.keyboard.type(address('ada'));
	await tabTo(page, 'Password');
	await page.keyboard.type(PASSWORD);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Library' }).waitFor();

	await tabTo(page, title);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: title }).waitFor();
	await tabTo(page, 'Delete…');
	await page.keyboard.press('Enter');
	await page.getByRole('dialog').waitFor();
	for (const step of [1, 2, 3, 4, 5, 6, 7, 8]) {
		await page.keyboard.press(step % 2 ? 'Tab' : 'Shift+Tab');
		const now = await focused(page);
		assert.ok(!now || now.inDialog, 'the focus stays in the dialog');
	}
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	assert.equal((await focused(page)).name, 'Delete…', 'the focus returns to where it came from');

	await page.keyboard.press('Enter');
	await page.getByRole('dialog').waitFor();
	await tabTo(page, 'Delete');
	await page.keyboard.press('Space');
	await page.locator('[data-toast]').waitFor();
	await tabTo(page, 'Undo');
	await page.keyboard.press('Enter');
	await page.locator('[data-toast]', { hasText: 'everything is back' }).waitFor();
	await page.locator('.tile', { hasText: title }).waitFor();
	await tabTo(page, 'Dismiss');
	await page.keyboard.press('Space');
	await page.locator('[data-toast]').waitFor({ state: 'detached' });
	await tabTo(page, 'Sign out', 'Shift+Tab');
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('the first stop skips to the content', async (hands) => {
	const page = await hands.browserOf('ada');
	await visit(page, '/trash');
	await page.keyboard.press('Tab');
	assert.equal((await focused(page)).name, 'Skip to the content');
	assert.ok((await focused(page)).isInView);
	await page.keyboard.press('Enter');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
	await page.keyboard.press('Tab');
	assert.notEqual(await page.evaluate(() => document.activeElement.closest('header')?.tagName), 'HEADER', 'past the navigation');
});

test('photos are selected with Space and their act is reached by Tab', async (hands) => {
	const title = unique('Selected');
	await addPhoto('ada', title);
	const page = await hands.browserOf('ada');
	await visit(page, '/?mine=true');
	await tabTo(page, `Select ${title}`);
	await page.keyboard.press('Space');
	await page.getByText('1 photo selected').waitFor();
	await tabTo(page, 'Archive…');
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Archive 1 photo?' }).waitFor();
	await tabTo(page, 'Cancel');
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Library' }).waitFor();
});

test('nothing moves for who asked for less motion', async (hands) => {
	const moving = async (reducedMotion) => {
		const page = await hands.visitor({ reducedMotion });
		await visit(page, '/login?done=signed_out');
		return page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => {
			const { animationName, transitionDuration } = getComputedStyle(element);
			return animationName !== 'none' || parseFloat(transitionDuration) > 0;
		}).length);
	};
	assert.equal(await moving('reduce'), 0);
	assert.equal(await moving('no-preference'), 1, 'a toast rises');
});

await run();
