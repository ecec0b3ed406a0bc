/* Signing in and out. */
import assert from 'node:assert/strict';

import { toast, visit } from './support/browser.mjs';
import { inspect } from './support/inspect.mjs';
import { PASSWORD, addPhoto, address, forgiveRates, statusOf, unique } from './support/site.mjs';
import { run, testBoth } from './support/suite.mjs';

async function send(page, password) {
	await page.getByLabel('E-mail address').fill(address('ben'));
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
}

testBoth('a wrong password says so, and the right one leads where one wanted to go', async (hands) => {
	const page = await hands.visitor();
	await page.goto('/trash?tab=archived');
	assert.equal(new URL(page.url()).pathname, '/login', 'sent to the login');
	await send(page, 'not the password');
	await page.getByRole('alert').waitFor();
	assert.equal(await page.getByLabel('E-mail address').inputValue(), address('ben'), 'the address is kept');
	assert.equal(await page.getByLabel('Password').inputValue(), '', 'the password is not');
	await send(page, PASSWORD);
	await page.getByRole('heading', { name: 'Trash', level: 1 }).waitFor();
	assert.equal(new URL(page.url()).searchParams.get('tab'), 'archived', 'the tab one wanted');
});

testBoth('an address of another host is no place to go on to', async (hands) => {
	const page = await hands.visitor();
	await page.goto('/login?next=//other.example/');
	await send(page, PASSWORD);
	await page.getByRole('heading', { name: 'Library', level: 1 }).waitFor();
});

testBoth('signing out ends the session, and Back shows nothing private', async (hands) => {
	const title = unique('Private');
	const photo = await addPhoto('ben', title);
	const page = await hands.browserOf('ben', { own: true });
	await visit(page, `/photos/${photo.id}`);
	await page.getByRole('heading', { name: title }).waitFor();
	await page.getByRole('button', { name: 'Sign out' }).click();
	await toast(page, 'You are signed out.');
	await page.goBack();
	await page.getByRole('heading', { name: 'Sign in' }).waitFor();
	assert.ok(!(await page.content()).includes(title), 'nothing private on the page');
	await page.goto(`/photos/${photo.id}`);
	assert.equal(new URL(page.url()).pathname, '/login', 'the session is over');
});

testBoth('what was typed while the session ended, and another began, is shown again', async (hands) => {
	const photo = await addPhoto('ben', unique('Typed about'));
	const page = await hands.browserOf('ben', { own: true });
	const reason = page.getByLabel('Reason');
	const button = page.getByRole('button', { name: 'Delete', exact: true });
	forgiveRates();
	await visit(page, `/photos/${photo.id}/delete`);
	await reason.fill('First line\nsecond');
	const other = await page.context().newPage();
	await visit(other, '/help');
	await other.getByRole('button', { name: 'Sign out' }).click();
	await toast(other, 'You are signed out.');
	await button.click();
	await page.getByRole('heading', { name: 'Please sign in' }).waitFor();
	if (hands.scripts) await inspect(page, 'error-401-form');
	const link = await page.getByRole('link', { name: 'Sign in', exact: true }).last().getAttribute('href');
	assert.equal(link, `/login?next=${encodeURIComponent(`/photos/${photo.id}/delete`)}`);
	await other.goto(link);
	await send(other, PASSWORD);
	await other.getByRole('heading', { name: photo.title }).waitFor();
	await page.reload();
	await page.getByRole('alert').getByText('You have signed in anew').waitFor();
	if (hands.scripts) await inspect(page, 'form-shown-again');
	assert.equal(await reason.inputValue(), 'First line\nsecond');
	assert.equal(await statusOf('ben', `/api/photos/${photo.id}`), 200);
	await button.click();
	await toast(page, 'trash');
	assert.equal(await statusOf('ada', `/api/photos/${photo.id}`), 404);
});

testBoth('who is signed in is not asked to sign in again', async (hands) => {
	const page = await hands.browserOf('ben');
	await page.goto('/login');
	await page.getByRole('heading', { name: 'Library', level: 1 }).waitFor();
});

await run();
