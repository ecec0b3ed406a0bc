/* Admins and accounts: the list, roles, deleting softly, at once and several, bringing back, and what is refused. */
import assert from 'node:assert/strict';

import { toast, until, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { PASSWORD, addPhoto, address, bytesOf, newPerson, sql, statusOf, unique, work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const erase = (page) => page.getByRole('button', { name: 'Delete the account' });
const row = (page, name) => page.locator('tbody tr').filter({ hasText: name });

function addEvent(who, title) {
	sql(`INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)
		SELECT UNHEX(REPLACE(UUID(), '-', '')), organization_id, '${title}', UTC_TIMESTAMP(6) + INTERVAL 9 DAY, id, UTC_TIMESTAMP(6)
		FROM users WHERE email = '${address(who)}'`);
}

async function mayComeIn(hands, who) {
	const page = await hands.visitor();
	await visit(page, '/login');
	await page.getByLabel('E-mail address').fill(address(who));
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('alert').or(page.getByRole('button', { name: 'Sign out' })).first().waitFor();
	return (await page.getByRole('button', { name: 'Sign out' }).count()) > 0;
}

async function prove(page) {
	await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
}

testBoth('an admin deletes an account with time to bring it back, and does', async (hands) => {
	const name = unique('Vera');
	const who = newPerson(name);
	const photo = await addPhoto(who, unique('Hers'));
	const theirs = await hands.browserOf(who, { own: true });
	const page = await hands.browserOf('admin');
	await visit(page, '/admin');
	await page.getByRole('navigation', { name: 'Admin pages' }).getByRole('link', { name: 'Accounts' }).click();
	await page.getByLabel('Name or address').fill(name);
	await page.getByRole('button', { name: 'Filter' }).click();
	assert.equal(await page.locator('tbody tr').count(), 1);
	await row(page, name).getByRole('link', { name }).click();
	await page.getByRole('link', { name: 'Delete the account…' }).click();
	await page.getByText('1 photo').first().waitFor();
	await page.getByLabel('Reason').fill('Left us');
	await erase(page).click();
	await toast(page, 'The account is deleted');
	await page.getByText('Left us').waitFor();
	await theirs.goto('/');
	assert.equal(new URL(theirs.url()).pathname, '/login');
	assert.equal(await mayComeIn(hands, who), false);
	assert.equal(await statusOf('ben', `/api/photos/${photo.id}`), 404);
	await visit(page, `/admin/users?q=${encodeURIComponent(name)}`);
	await page.getByText('No account matches.').waitFor();
	await visit(page, `/admin/users?includeDeleted=true&q=${encodeURIComponent(name)}`);
	await row(page, name).getByText('Deleted', { exact: true }).waitFor();
	await row(page, name).getByRole('link', { name }).click();
	await page.getByRole('button', { name: 'Restore the account' }).click();
	await toast(page, 'The account is back');
	assert.equal(await mayComeIn(hands, who), true);
	assert.equal(await statusOf('ben', `/api/photos/${photo.id}`), 200);
});

test('deleting an account can be undone from the message', async (hands) => {
	const who = newPerson(unique('Willa'));
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/users/${who}/delete`);
	await erase(page).click();
	await toast(page, 'The account is deleted');
	await page.getByRole('button', { name: 'Undo' }).click();
	await toast(page, 'Undone');
	assert.equal(await mayComeIn(hands, who), true);
});

testBoth('an admin deletes an account at once, by its name and their password', async (hands) => {
	const name = unique('Xenia');
	const who = newPerson(name);
	const photo = await addPhoto(who, unique('Gone'));
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/users/${who}/delete`);
	await page.getByRole('radio', { name: 'At once, for good' }).check();
	await page.getByLabel('To delete at once').fill('Xenia');
	await page.getByLabel('Reason').fill('They asked on the phone');
	await erase(page).click();
	await page.getByRole('alert').getByText('type the name').waitFor();
	assert.equal(await page.getByLabel('To delete at once').inputValue(), 'Xenia');
	assert.equal(await page.getByLabel('Reason').inputValue(), 'They asked on the phone');
	assert.ok(await page.getByRole('radio', { name: 'At once, for good' }).isChecked());
	if (hands.scripts) await inspect(page, 'user-delete-refused');
	await page.getByLabel('To delete at once').fill(name);
	await erase(page).click();
	await prove(page);
	await toast(page, 'is being erased');
	await until('nothing is left', () => (work(), sql(`SELECT COUNT(*) FROM users WHERE email = '${address(who)}'`) === '0'));
	assert.equal(sql(`SELECT COUNT(*) FROM photos WHERE id = ${bytesOf(photo.id)}`), '0');
	await visit(page, `/admin/users/${who}`, 404);
	assert.equal(await mayComeIn(hands, who), false);
});

test('the last admin, oneself and a platform admin are guarded, in words', async (hands) => {
	const birch = await hands.browserOf('birch');
	await visit(birch, '/admin/users?role=admin');
	await birch.locator('tbody').getByRole('link').first().click();
	await birch.getByText('This is the last admin').waitFor();
	await birch.getByText('This is your own account').waitFor();
	assert.equal(await birch.getByRole('link', { name: 'Delete the account…' }).count(), 0);
	await inspect(birch, 'user-last-admin');
	await birch.getByRole('combobox', { name: 'Role' }).selectOption('Member');
	await birch.getByRole('button', { name: 'Change the role' }).click();
	await birch.getByRole('alert').getByText('the last admin').waitFor();
	await inspect(birch, 'user-role-refused');
	/* Another one appointed, the way is open; and closed again. */
	await visit(birch, '/admin/users?q=mia');
	await birch.locator('tbody').getByRole('link').first().click();
	await birch.getByRole('combobox', { name: 'Role' }).selectOption('Admin');
	await birch.getByRole('button', { name: 'Change the role' }).click();
	await toast(birch, 'The role is changed.');
	await birch.getByRole('link', { name: 'Delete the account…' }).waitFor();
	await birch.getByRole('combobox', { name: 'Role' }).selectOption('Member');
	await birch.getByRole('button', { name: 'Change the role' }).click();
	await toast(birch, 'The role is changed.');
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/users?role=platform_admin');
	await admin.locator('tbody').getByRole('link').first().click();
	await admin.getByText('whom only another platform admin can delete').waitFor();
	assert.equal(await admin.getByRole('button', { name: 'Change the role' }).count(), 0);
});

testBoth('several accounts at once, and what became of each', async (hands) => {
	const word = unique('Several');
	const people = ['one', 'two', 'three'].map((n) => newPerson(`${word} ${n}`));
	addEvent(people[1], `Concert of ${word}`);
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/users?q=${encodeURIComponent(word)}`);
	for (const box of await page.getByRole('checkbox', { name: /^Select / }).all()) if (await box.isVisible()) await box.check();
	if (hands.scripts) await page.getByText('3 accounts selected').waitFor();
	await page.getByRole('button', { name: 'Delete…' }).click();
	await page.getByRole('heading', { name: 'Delete 3 accounts?' }).waitFor();
	if (hands.scripts) await inspect(page, 'users-delete');
	await page.getByRole('radio', { name: 'Only if there are none' }).check();
	await page.getByLabel('Reason').fill('The season is over');
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await page.getByText('2 accounts are deleted').waitFor();
	await page.getByRole('listitem').filter({ hasText: `${word} two` }).getByText('events stand in the way').waitFor();
	if (hands.scripts) await inspect(page, 'users-deleted');
	await page.getByRole('link', { name: 'Take the name off…' }).click();
	assert.ok(await page.getByRole('radio', { name: 'Take the name off them' }).isChecked());
	await erase(page).click();
	await toast(page, 'The account is deleted');
	assert.equal(sql(`SELECT COUNT(*) FROM users WHERE display_name LIKE '${word}%' AND deleted_at IS NOT NULL`), '3');
});

test('where admins may not delete accounts there is no button', async (hands) => {
	const switched = (on) => sql(`UPDATE organizations SET admin_deletion = ${on} WHERE id = (SELECT organization_id FROM users WHERE email = '${address('mia')}')`);
	const page = await hands.browserOf('birch');
	switched(0);
	try {
		await visit(page, '/admin/users');
		await page.getByText('switched off').waitFor();
		assert.equal(await page.getByRole('button', { name: 'Delete…' }).count(), 0);
		await visit(page, '/admin/users?q=mia');
		await page.locator('tbody').getByRole('link').first().click();
		await page.getByText('switched off').waitFor();
		assert.equal(await page.getByRole('link', { name: 'Delete the account…' }).count(), 0);
		await inspect(page, 'user-switched-off');
		await visit(page, `${new URL(page.url()).pathname}/delete`, 403);
	} finally {
		switched(1);
	}
});

test('who is gone or going is called Deleted User', async (hands) => {
	const name = unique('Yolanda');
	const who = newPerson(name);
	const photo = await addPhoto('ada', unique('Taken down'));
	sql(`UPDATE users SET role = 'admin' WHERE id = ${bytesOf(who)}`);
	const theirs = await hands.browserOf(who, { own: true });
	await visit(theirs, `/photos/${photo.id}/delete`);
	await theirs.getByRole('button', { name: 'Delete', exact: true }).click();
	const page = await hands.browserOf('admin');
	await visit(page, '/trash');
	await page.getByText(`by ${name}`).waitFor();
	await visit(page, `/admin/users/${who}/delete`);
	await erase(page).click();
	await toast(page, 'The account is deleted');
	await visit(page, '/trash?kind=photo');
	await page.getByText('by Deleted User').first().waitFor();
	assert.equal(await page.getByText(`by ${name}`).count(), 0);
});

test('the pages of accounts', async (hands) => {
	const who = newPerson('Zoe Looks');
	await addPhoto(who, unique('Seen'));
	addEvent(who, 'Tea at four');
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/users?includeDeleted=true');
	await inspect(page, 'users');
	await inspectLarge(page, 'users');
	await visit(page, '/admin/users?q=nobody-of-that-name');
	await inspect(page, 'users-no-match');
	await visit(page, '/admin/users?state=leaving');
	await row(page, 'Lena Frost').getByRole('link').first().click();
	await page.getByText('Leaving by their own wish.').waitFor();
	await inspect(page, 'user-leaving');
	await page.getByRole('link', { name: 'Delete the account…' }).click();
	assert.equal(await page.getByRole('radio', { name: 'With time to bring it back' }).count(), 0);
	await visit(page, '/admin/users?state=asked');
	await row(page, 'Arne Quist').waitFor();
	await visit(page, '/admin/users?state=deleted');
	await row(page, 'Felix Moor').getByRole('link').first().click();
	await inspect(page, 'user-deleted');
	await visit(page, `/admin/users/${who}`);
	await inspect(page, 'user');
	await inspectLarge(page, 'user');
	await page.getByRole('link', { name: 'Delete the account…' }).click();
	await inspect(page, 'user-delete');
	await inspectLarge(page, 'user-delete');
	await visit(page, `/admin/users/${sql(`SELECT LOWER(INSERT(INSERT(INSERT(INSERT(HEX(id),9,0,'-'),14,0,'-'),19,0,'-'),24,0,'-')) FROM users WHERE email = '${address('mia')}'`)}`, 404);
});

await run();
