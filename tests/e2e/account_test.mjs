/* One's own account: the name, notices, browsers that are signed in; and the help that everybody finds. */
import assert from 'node:assert/strict';

import { gone, toast, until, visit } from './support/browser.mjs';
import { inspect } from './support/inspect.mjs';
import { addPhoto, address, archivePhoto, bytesOf, mailsTo, sql, unique } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const OTHER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

const wants = (who) => sql(`SELECT notify_retention FROM users WHERE email = '${address(who)}'`).trim();

testBoth('signing a browser out ends it there, and only there', async (hands) => {
	const here = await hands.browserOf('shop', { own: true });
	const there = await hands.browserOf('shop', { own: true, userAgent: OTHER });
	await here.goto('/');
	await here.getByRole('link', { name: /^Your account: / }).click();
	await here.getByRole('heading', { name: 'Your account', level: 1 }).waitFor();
	const row = here.getByRole('row').filter({ hasText: 'Firefox on Windows' }).first();
	await row.getByRole('button', { name: 'Sign out Firefox on Windows' }).click();
	await toast(here, 'That browser is signed out.');
	await there.goto('/account');
	assert.equal(new URL(there.url()).pathname, '/login', 'signed out there');
	await visit(here, '/account');
	assert.equal(new URL(here.url()).pathname, '/account', 'and not here');
});

testBoth('signing out everywhere else leaves this browser alone', async (hands) => {
	const here = await hands.browserOf('shop', { own: true });
	const others = [await hands.browserOf('shop', { own: true }), await hands.browserOf('shop', { own: true })];
	await visit(here, '/account');
	await here.getByRole('button', { name: 'Sign out everywhere else' }).click();
	await toast(here, 'You are signed out everywhere else.');
	await gone(here.getByRole('button', { name: 'Sign out everywhere else' }));
	for (const other of others) {
		await other.goto('/account');
		assert.equal(new URL(other.url()).pathname, '/login');
	}
});

testBoth('notices are ended and asked for again', async (hands) => {
	const page = await hands.browserOf('shop', { own: true });
	sql(`UPDATE users SET notify_retention = 1 WHERE email = '${address('shop')}'`);
	for (const wanted of [false, true]) {
		await visit(page, '/account');
		const box = page.getByRole('checkbox', { name: /Before archived photos go/ });
		assert.equal(await box.isChecked(), !wanted);
		await box.setChecked(wanted);
		await page.getByRole('button', { name: 'Save the choice' }).click();
		await toast(page, 'Your choice of mails is saved.');
		assert.equal(await page.getByRole('checkbox', { name: /Before archived photos go/ }).isChecked(), wanted);
		assert.equal(wants('shop'), wanted ? '1' : '0');
	}
});

testBoth('a new name is shown to oneself at once, and an empty one is refused', async (hands) => {
	const page = await hands.browserOf('shop', { own: true });
	const name = unique('Shop');
	await visit(page, '/account');
	const old = await page.getByLabel('Name').inputValue();
	await page.getByLabel('Name').fill(name);
	await page.getByRole('button', { name: 'Save the name' }).click();
	await toast(page, 'Your name is saved.');
	await page.getByRole('link', { name: `Your account: ${name}` }).waitFor();
	await page.getByLabel('Name').fill('   ');
	const answer = page.waitForResponse((response) => response.request().method() === 'POST');
	await page.getByRole('button', { name: 'Save the name' }).click();
	assert.equal((await answer).status(), 400);
	await page.getByRole('alert').waitFor();
	await page.getByLabel('Name').fill(old);
	await page.getByRole('button', { name: 'Save the name' }).click();
	await toast(page, 'Your name is saved.');
});

/* The newest mail to that person which can be ended, once the worker has sent it: the path in its header. */
async function linkInMail(who) {
	let path;
	await until('a mail that can be ended', () => {
		for (const { mail } of mailsTo(address(who)))
			path = /List-Unsubscribe:\r\n <https?:\/\/[^/]+(\/notices\/[^>]+)>/.exec(mail)?.[1] ?? path;
		return path;
	});
	return path;
}

test('the link in a reminder ends such reminders, by one button', async (hands) => {
	const photo = await addPhoto('ben', unique('Soon gone'));
	await archivePhoto('ben', photo);
	sql(`UPDATE photos SET purge_after = UTC_TIMESTAMP(6) + INTERVAL 1 DAY WHERE id = ${bytesOf(photo.id)}`);
	const path = await linkInMail('ben');
	const page = await hands.visitor();
	await visit(page, path);
	await inspect(page, 'notices');
	assert.equal(wants('ben'), '1', 'looking ends nothing');
	await page.getByRole('button', { name: 'Send no more of these' }).click();
	await page.getByRole('status').filter({ hasText: 'gets no more of these mails' }).waitFor();
	await inspect(page, 'notices-ended');
	assert.equal(wants('ben'), '0');
	await page.getByRole('link', { name: 'in your account' }).click();
	assert.equal(new URL(page.url()).pathname, '/login');
	sql(`UPDATE users SET notify_retention = 1 WHERE email = '${address('ben')}'`);
});

testBoth('help and privacy are one step away, with and without an account', async (hands) => {
	for (const page of [await hands.visitor(), await hands.browserOf('ben')]) {
		await page.goto('/removal');
		await page.getByRole('contentinfo').getByRole('link', { name: 'Help' }).click();
		await page.getByRole('heading', { name: 'How deleting works', level: 1 }).waitFor();
		await page.getByRole('link', { name: 'Creators: quests and adventures' }).click();
		assert.equal(new URL(page.url()).hash, '#creators');
		await page.getByRole('contentinfo').getByRole('link', { name: 'Privacy', exact: true }).click();
		await page.getByRole('heading', { name: 'What is kept how long' }).waitFor();
	}
});

await run();
