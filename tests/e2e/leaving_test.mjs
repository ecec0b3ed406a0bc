/* Leaving by oneself: the steps, the grace with its way back, the mails, and the end. */
import assert from 'node:assert/strict';

import { toast, until, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { PASSWORD, addPhoto, address, bytesOf, call, forgiveRates, mailsTo, newPerson, sql, unique, work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const PHRASE = 'delete my account';
const phrase = (page) => page.getByLabel('Type these words to confirm');
const begin = (page) => page.getByRole('button', { name: 'Delete my account' });

function addEvent(who, title) {
	sql(`INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)
		SELECT UNHEX(REPLACE(UUID(), '-', '')), organization_id, '${title}', UTC_TIMESTAMP(6) + INTERVAL 9 DAY, id, UTC_TIMESTAMP(6)
		FROM users WHERE email = '${address(who)}'`);
}

async function prove(page) {
	await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
}

/* All the way into the grace. */
async function leave(page) {
	forgiveRates();
	await visit(page, '/account/delete');
	await phrase(page).fill(PHRASE);
	await begin(page).click();
	await prove(page);
	await page.getByText('Your account will be erased on').waitFor();
}

/* The newest mail to a person with such a link; its path. */
async function mailed(who, link) {
	let found;
	await until(`a mail with ${link}`, () => {
		work();
		found = mailsTo(address(who)).map(({ text }) => link.exec(text)?.[0]).filter(Boolean).at(-1);
		return !!found;
	});
	return found;
}

/* Bring the end of the grace nearer. */
function hasten(who, days, hours = 0) {
	for (const [table, column, key] of [['users', 'deletion_scheduled_for', 'id'], ['deletions', 'recover_until', 'item_id']])
		sql(`UPDATE ${table} SET ${column} = ${column} - INTERVAL ${days * 24 + hours} HOUR WHERE ${key} = ${bytesOf(who)}`);
}

async function refusedAtLogin(hands, who) {
	const page = await hands.visitor();
	await visit(page, '/login');
	await page.getByLabel('E-mail address').fill(address(who));
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('alert').waitFor();
	assert.match(page.url(), /login/);
}

testBoth('somebody leaves: steps, reminders, the end', async (hands) => {
	const who = newPerson('Paula Farewell');
	const photo = await addPhoto(who, unique('A last picture'));
	addEvent(who, 'Spring fair');
	const elsewhere = await hands.browserOf(who, { own: true });
	const page = await hands.browserOf(who, { own: true });
	await visit(page, '/account');
	await page.getByRole('link', { name: 'Delete your account…' }).click();
	await page.getByText('1 photo').first().waitFor();
	await page.getByText('1 event').first().waitFor();
	assert.ok(await page.getByRole('radio', { name: 'Delete them' }).isChecked(), 'photos are deleted unless chosen otherwise');
	assert.ok(await page.getByRole('radio', { name: 'Take the name off them' }).isChecked());
	forgiveRates();
	await page.getByLabel('Reason').fill('Enough pictures');
	await phrase(page).fill('delete my acount');
	await begin(page).click();
	await page.getByRole('alert').waitFor();
	assert.equal(await phrase(page).inputValue(), 'delete my acount', 'what was typed is kept');
	assert.equal(await page.getByLabel('Reason').inputValue(), 'Enough pictures');
	assert.equal(await phrase(page).getAttribute('aria-invalid'), 'true');
	await phrase(page).fill(PHRASE);
	await begin(page).click();
	await prove(page);
	await page.getByText('Your account will be erased on').waitFor();
	assert.equal(new URL(page.url()).pathname, '/account/deletion');
	await page.getByText('Enough pictures').waitFor();
	/* Nothing else is open, and nowhere else is anybody signed in. */
	for (const path of ['/', '/account', '/trash', `/photos/${photo.id}`, '/account/delete']) {
		await page.goto(path);
		assert.equal(new URL(page.url()).pathname, '/account/deletion', path);
	}
	await elsewhere.goto('/');
	assert.equal(new URL(elsewhere.url()).pathname, '/login');
	assert.equal((await call('ben', 'GET', `/api/photos/${photo.id}`)).status, 404);
	hasten(who, 8);
	await until('the first reminder', () => (work(), mailsTo(address(who)).some(({ subject }) => /^Soon/.test(subject))));
	hasten(who, 5, 22);
	await until('the last reminder', () => (work(), mailsTo(address(who)).some(({ subject }) => /^Tomorrow/.test(subject))));
	await visit(page, '/account/deletion');
	await page.getByText(/left/).first().waitFor();
	work('+3h');
	await until('the last mail', () => (work('+3h'), mailsTo(address(who)).some(({ subject }) => /has been erased/.test(subject))));
	assert.equal(sql(`SELECT COUNT(*) FROM users WHERE email = '${address(who)}'`), '0');
	assert.equal(sql(`SELECT COUNT(*) FROM photos WHERE id = ${bytesOf(photo.id)}`), '0');
	assert.equal(sql("SELECT COUNT(*) FROM events WHERE title = 'Spring fair' AND created_by IS NOT NULL"), '0');
	await page.goto('/');
	assert.equal(new URL(page.url()).pathname, '/login');
	await refusedAtLogin(hands, who);
});

testBoth('somebody changes their mind at the last moment', async (hands) => {
	const who = newPerson('Quentin Stay');
	const photo = await addPhoto(who, unique('Kept'));
	const page = await hands.browserOf(who, { own: true });
	await leave(page);
	sql(`UPDATE users SET deletion_scheduled_for = UTC_TIMESTAMP(6) + INTERVAL 30 SECOND WHERE id = ${bytesOf(who)}`);
	sql(`UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) + INTERVAL 30 SECOND WHERE item_id = ${bytesOf(who)}`);
	await visit(page, '/account/deletion');
	await page.getByText(/seconds left/).waitFor();
	await page.getByRole('button', { name: 'Keep my account' }).click();
	await toast(page, 'Your account stays as it is');
	await visit(page, `/photos/${photo.id}`);
	await visit(page, '/account/deletion');
	await page.getByText('It is as it was.').waitFor();
});

testBoth('somebody cancels by the link of the mail, once', async (hands) => {
	const who = newPerson('Rita Return');
	const page = await hands.browserOf(who, { own: true });
	await leave(page);
	const link = await mailed(who, /\/account\/cancel\/[\w.-]+/);
	const other = await hands.visitor();
	await visit(other, link);
	assert.equal(sql(`SELECT deletion_status FROM users WHERE id = ${bytesOf(who)}`), 'SCHEDULED', 'looking changes nothing');
	if (hands.scripts) await inspect(other, 'account-cancel');
	await other.getByRole('button', { name: 'Keep my account' }).click();
	await other.getByText('The deletion is cancelled.').waitFor();
	if (hands.scripts) await inspect(other, 'account-cancelled');
	assert.equal(sql(`SELECT deletion_status FROM users WHERE id = ${bytesOf(who)}`), 'CANCELED');
	await visit(other, link, 410);
	await other.getByText('has been used').waitFor();
	if (hands.scripts) await inspect(other, 'account-link-used');
	await visit(other, '/account/cancel/v4.local.x', 404);
	await visit(page, '/');
	assert.equal(new URL(page.url()).pathname, '/');
});

testBoth('somebody without a password confirms by mail', async (hands) => {
	const who = newPerson('Sven Token');
	const page = await hands.browserOf(who, { own: true });
	sql(`UPDATE users SET password_hash = NULL WHERE id = ${bytesOf(who)}`);
	forgiveRates();
	await visit(page, '/account/delete');
	await page.getByText('we send you a mail with a link').waitFor();
	await page.getByRole('radio', { name: 'Keep them without a name' }).check();
	await phrase(page).fill(`  ${PHRASE} `);
	await begin(page).click();
	await page.getByText('Look into your mailbox.').waitFor();
	if (hands.scripts) await inspect(page, 'account-deletion-asked');
	await visit(page, '/account/delete');
	assert.equal(new URL(page.url()).pathname, '/account/deletion');
	await visit(page, '/account');
	await page.getByRole('link', { name: 'See how it stands' }).waitFor();
	const link = await mailed(who, /\/account\/confirm\/[\w.-]+/);
	const other = await hands.visitor();
	await visit(other, link);
	await other.getByText('are kept, without your name').waitFor();
	if (hands.scripts) await inspect(other, 'account-confirm');
	await other.getByRole('button', { name: 'Delete my account' }).click();
	await other.getByText('It is erased on').waitFor();
	if (hands.scripts) await inspect(other, 'account-confirmed');
	await visit(other, link, 410);
	assert.equal(sql(`SELECT deletion_status FROM users WHERE id = ${bytesOf(who)}`), 'SCHEDULED');
});

test('the last admin is told what to do', async (hands) => {
	forgiveRates();
	const page = await hands.browserOf('birch');
	await visit(page, '/account/delete');
	await phrase(page).fill(PHRASE);
	await page.getByLabel('Reason').fill('Tired');
	await begin(page).click();
	await prove(page);
	await page.getByRole('alert').waitFor();
	await page.getByText('This is the last admin').waitFor();
	assert.equal(await page.getByLabel('Reason').inputValue(), 'Tired');
	await inspect(page, 'account-delete-last-admin');
	await page.getByRole('link', { name: 'Appoint somebody' }).click();
	await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
});

test('events that stand in the way are listed, with ways out', async (hands) => {
	const who = newPerson('Tara Host');
	addEvent(who, 'Harvest supper');
	const page = await hands.browserOf(who, { own: true });
	forgiveRates();
	await visit(page, '/account/delete?events=block');
	await phrase(page).fill(PHRASE);
	await begin(page).click();
	await prove(page);
	await page.getByRole('alert').getByText('Harvest supper').waitFor();
	await inspect(page, 'account-delete-blocked');
	await page.getByRole('link', { name: 'hand them over to somebody' }).click();
	assert.ok(await page.getByRole('radio', { name: 'Hand them over' }).isChecked());
	await phrase(page).fill(PHRASE);
	await begin(page).click();
	await page.getByRole('alert').getByText('Choose who takes events over').waitFor();
	const heirs = page.getByLabel('Who takes them over');
	await heirs.selectOption((await heirs.locator('option').allInnerTexts()).find((name) => name.startsWith('Ben')));
	await phrase(page).fill(PHRASE);
	await begin(page).click();
	await prove(page);
	await page.getByText('are handed over to Ben').waitFor();
});

testBoth('events that stand in the way are settled one by one', async (hands) => {
	const who = newPerson('Timo Host');
	addEvent(who, 'Lantern walk');
	addEvent(who, 'Barn dance');
	const page = await hands.browserOf(who, { own: true });
	forgiveRates();
	await visit(page, '/account/delete?events=block');
	await page.getByRole('link', { name: 'Lantern walk' }).click();
	await page.getByRole('heading', { name: 'Lantern walk' }).waitFor();
	if (hands.scripts) await inspect(page, 'event');
	await page.getByRole('radio', { name: 'Hand it over' }).check();
	await page.getByRole('button', { name: 'Settle it' }).click();
	await page.getByRole('alert').getByText('Choose who takes events over').waitFor();
	const heirs = page.getByLabel('Who takes it over');
	await heirs.selectOption((await heirs.locator('option').allInnerTexts()).find((name) => name.startsWith('Ben')));
	await page.getByRole('button', { name: 'Settle it' }).click();
	await page.getByRole('link', { name: 'Barn dance' }).click();
	await page.getByRole('radio', { name: 'Take the name off it' }).check();
	await page.getByRole('button', { name: 'Settle it' }).click();
	await page.getByRole('heading', { name: 'Delete your account' }).waitFor();
	assert.ok(await page.getByRole('radio', { name: 'Only if there are none' }).isChecked());
	assert.equal(await page.getByText('Settle them one by one').count(), 0);
	await phrase(page).fill(PHRASE);
	await begin(page).click();
	await prove(page);
	await page.getByText('Your account will be erased on').waitFor();
});

test('the pages of leaving', async (hands) => {
	const who = newPerson('Una Looks', { role: 'member' });
	await addPhoto(who, unique('Seen'));
	addEvent(who, 'Tea');
	const page = await hands.browserOf(who, { own: true });
	await visit(page, '/account/deletion');
	await inspect(page, 'account-deletion-none');
	await visit(page, '/account/delete');
	await inspect(page, 'account-delete');
	await inspectLarge(page, 'account-delete');
	await leave(page);
	await inspect(page, 'account-deletion');
	await inspectLarge(page, 'account-deletion');
	sql(`UPDATE organizations SET self_deletion = 0 WHERE id = (SELECT organization_id FROM users WHERE email = '${address('mia')}')`);
	const mia = await hands.browserOf('mia');
	await visit(mia, '/account/delete');
	await mia.getByText('Ask an admin of your organisation').waitFor();
	assert.equal(await begin(mia).count(), 0);
	await inspect(mia, 'account-delete-off');
	sql(`UPDATE organizations SET self_deletion = 1 WHERE id = (SELECT organization_id FROM users WHERE email = '${address('mia')}')`);
});

await run();
