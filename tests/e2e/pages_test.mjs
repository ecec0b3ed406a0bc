/* Every page in each state that it has: looked at by axe, at two widths, light and dark, and kept as pictures. */
import assert from 'node:assert/strict';

import { gone, toast, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { PASSWORD, addDerivative, addPhoto, address, archivePhoto, bytesOf, call, contentOf, deletePhoto, placeOf, sharePhoto, sql,
	unique } from './support/site.mjs';
import { run, test } from './support/suite.mjs';

const NOWHERE = '0199aaaa-0000-7000-8000-000000000000';

async function forever(page) {
	await page.getByLabel('Type DELETE to confirm').fill('DELETE');
	await page.getByRole('button', { name: 'Delete forever' }).click();
}

/* Without its scripts the page's own check has to be told off another way. */
const unchecked = (page) => page.locator('main form').first().evaluate((form) => { form.noValidate = true; });

test('pages of visitors', async (hands) => {
	const page = await hands.visitor();
	await visit(page, '/login');
	await inspect(page, 'login');
	await page.getByLabel('E-mail address').fill(address('ada'));
	await page.getByLabel('Password').fill('not the password');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('alert').waitFor();
	await inspect(page, 'login-refused');
	await visit(page, '/login?done=signed_out');
	await inspect(page, 'login-signed-out');
	await visit(page, '/nowhere', 404);
	await inspect(page, 'error-404-visitor');
});

test('pages of a shared photo', async (hands) => {
	const photo = await addPhoto('ada', 'The orchard in May', { description: 'From the gate, looking west.' });
	const share = await sharePhoto('ada', photo);
	const page = await hands.visitor();
	await visit(page, `/s/${share.token}`);
	await inspect(page, 'shared');
	await deletePhoto('ada', photo);
	await visit(page, `/s/${share.token}`, 410);
	await inspect(page, 'shared-gone');
	await visit(page, `/s/${'A'.repeat(43)}`, 404);
	await inspect(page, 'shared-unknown');
});

test('the library', async (hands) => {
	for (let n = 0; n < 4; n++) await addPhoto('ada', unique('Meadow with a rather long name, taken before the rain'));
	const page = await hands.browserOf('ada');
	await visit(page, '/');
	await inspect(page, 'library');
	await inspectLarge(page, 'library');
	await visit(page, '/?mine=true&include_archived=true');
	for (const box of (await page.locator('.tile__select input').all()).slice(0, 3)) await box.check();
	await inspect(page, 'library-selection');
	await inspectLarge(page, 'library-selection');
	await page.getByRole('button', { name: 'Delete…' }).click();
	await page.getByRole('heading', { name: 'Delete 3 photos?' }).waitFor();
	await inspect(page, 'photos-delete');
	await page.goBack();
	await page.locator('.tile__select input').first().check();
	await page.getByRole('button', { name: 'Archive…' }).click();
	await page.getByRole('heading', { name: /^Archive/ }).waitFor();
	await inspect(page, 'photos-archive');
	await visit(page, '/?tag=no-such-tag');
	await inspect(page, 'library-no-match');
});

test('the library after an act, with Undo', async (hands) => {
	const photo = await addPhoto('ada', 'Soon undone');
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}/delete`);
	await inspect(page, 'photo-delete');
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await toast(page, 'in the trash');
	await inspect(page, 'library-toast');
});

test('a photo', async (hands) => {
	const photo = await addPhoto('ada', 'The old mill', { description: 'Its wheel turns again.', tags: 'mill, water, autumn' });
	await addDerivative('ada', photo, 'The old mill, in winter');
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}`);
	await inspect(page, 'photo');
	await inspectLarge(page, 'photo');
	await page.getByRole('button', { name: 'Make a link' }).click();
	await page.getByText('The link is made.').waitFor();
	await inspect(page, 'photo-share-made');
	await page.getByRole('link', { name: 'Delete…' }).click();
	await page.getByRole('dialog').waitFor();
	await inspect(page, 'photo-delete-dialog');
	await inspectLarge(page, 'photo-delete-dialog');
	await page.keyboard.press('Escape');
	await page.getByRole('link', { name: 'Archive…' }).click();
	await page.getByRole('dialog').waitFor();
	await inspect(page, 'photo-archive-dialog');
	const other = await hands.browserOf('ben');
	await visit(other, `/photos/${photo.id}`);
	await inspect(other, 'photo-of-another');
});

test('an album', async (hands) => {
	const name = unique('Summer at the river, with a name that is long enough to need a second line');
	const album = placeOf('ada', 'albums', name);
	const empty = placeOf('ben', 'albums', unique('Nothing yet'));
	const photos = [];
	for (const who of ['ada', 'ben', 'ada', 'ben', 'ada']) photos.push(await addPhoto(who, unique('By the water')));
	photos.forEach(({ id }, n) => sql(`INSERT INTO album_photos VALUES (${bytesOf(album)}, ${bytesOf(id)}, ${9 - n})`));
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photos[0].id}`);
	await inspect(page, 'photo-in-album');
	await page.getByRole('link', { name }).click();
	await page.getByRole('heading', { name }).waitFor();
	await page.getByText('5 photos in it.').waitFor();
	const keys = await page.locator('.tile').evaluateAll((tiles) => tiles.map(({ dataset }) => dataset.key));
	assert.deepEqual(keys, photos.map(({ id }) => id).reverse(), 'in the order of the album');
	await inspect(page, 'album');
	await inspectLarge(page, 'album');
	await deletePhoto('ben', photos[1]);
	await gone(page.locator(`[data-key="${photos[1].id}"]`));
	await page.getByText('4 photos in it.').waitFor();
	await visit(page, `/albums/${empty}`);
	await inspect(page, 'album-empty');
	assert.equal(await page.getByRole('link', { name: 'Delete…' }).count(), 0);
});

test('a photo in the archive and in the trash', async (hands) => {
	const page = await hands.browserOf('ada');
	const aside = await addPhoto('ada', 'Set aside');
	await archivePhoto('ada', aside, 'the season is over');
	await visit(page, `/photos/${aside.id}`);
	await inspect(page, 'photo-archived');
	const away = await addPhoto('ada', 'Thrown away');
	await deletePhoto('ada', away, 'out of focus');
	await visit(page, `/photos/${away.id}`);
	await inspect(page, 'photo-trashed');
});

test('adding photos', async (hands) => {
	hands.expect(/^400 POST \/api\/photos$/);
	const page = await hands.browserOf('ada');
	await visit(page, '/upload');
	await inspect(page, 'upload');
	await inspectLarge(page, 'upload');
	await page.getByLabel('Photo', { exact: true }).setInputFiles({ name: 'words.png', mimeType: 'image/png', buffer: Buffer.from('words') });
	await page.getByRole('button', { name: 'Add photo' }).click();
	await page.locator('.field__error').waitFor();
	await inspect(page, 'upload-refused');
});

test('the trash', async (hands) => {
	const photo = await addPhoto('ada', 'A family of pictures');
	for (const word of ['one', 'two']) await addDerivative('ada', photo, word);
	const { deletion_id: id } = await deletePhoto('ada', photo, 'A reason that is long enough to need two lines in a narrow column of the table');
	const close = await addPhoto('ada', 'Nearly over');
	const closing = await deletePhoto('ada', close);
	sql(`UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) + INTERVAL 35 MINUTE WHERE id = ${bytesOf(closing.deletion_id)}`);
	const page = await hands.browserOf('ada');
	await visit(page, '/trash');
	await inspect(page, 'trash');
	await inspectLarge(page, 'trash');
	await visit(page, '/trash?tab=archived');
	await inspect(page, 'trash-archived');
	await visit(page, '/trash?kind=site');
	await inspect(page, 'trash-empty');
	await visit(page, '/logout');
	await inspect(page, 'logout');
	await visit(page, `/trash/${id}`);
	await inspect(page, 'deletion');
	await inspectLarge(page, 'deletion');
	await page.getByRole('button', { name: 'Restore everything' }).click();
	await toast(page, 'Restored.');
	await inspect(page, 'deletion-restored');
});

test('the content of a creator', async (hands) => {
	const page = await hands.browserOf('creator');
	await visit(page, '/content');
	await inspect(page, 'content');
	await inspectLarge(page, 'content');
	await visit(page, '/content?status=archived');
	await inspect(page, 'content-archived');
	const item = await contentOf('creator', 'quests', 'archived');
	await page.locator(`tr[data-key="${item.id}"]`).getByRole('link', { name: 'Delete forever…' }).click();
	await page.getByRole('dialog').waitFor();
	await inspect(page, 'content-forever-dialog');
	await visit(page, `/content/quests/${item.id}/permanent`);
	await inspect(page, 'content-forever');
	await unchecked(page);
	await page.getByLabel('Type DELETE to confirm').fill('remove');
	await page.getByRole('button', { name: 'Delete forever' }).click();
	await page.getByRole('alert').waitFor();
	await inspect(page, 'content-forever-refused');
	const none = await hands.browserOf('ben');
	await visit(none, '/content');
	await inspect(none, 'content-empty');
});

test('deleting a photo forever', async (hands) => {
	const photo = await addPhoto('ada', 'Never again');
	await deletePhoto('ada', photo);
	const page = await hands.browserOf('admin');
	await visit(page, '/trash');
	await inspect(page, 'trash-admin');
	await visit(page, `/photos/${photo.id}/permanent`);
	await inspect(page, 'photo-forever');
	await unchecked(page);
	await page.getByLabel('Type DELETE to confirm').fill('remove');
	await page.getByRole('button', { name: 'Delete forever' }).click();
	await page.getByRole('alert').waitFor();
	await inspect(page, 'photo-forever-refused');
	await forever(page);
	await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
	await inspect(page, 'reauth');
	await page.getByLabel('Password').fill('not the password');
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
	await page.getByRole('alert').waitFor();
	await inspect(page, 'reauth-refused');
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
	await toast(page, 'Deleted forever.');
	await inspect(page, 'trash-toast');
});

test('the audit trail', async (hands) => {
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/audit');
	await inspect(page, 'audit');
	await inspectLarge(page, 'audit');
	await visit(page, '/admin/audit?action=photo.nothing');
	await inspect(page, 'audit-no-match');
	await visit(page, '/admin/audit?from=yesterday', 400);
	await inspect(page, 'audit-refused');
});

test('the storage queue', async (hands) => {
	const page = await hands.browserOf('admin');
	for (const [digit, state] of [['d', 'failed'], ['e', 'waiting']])
		sql(`INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes, state, attempts, next_attempt_at, last_error, created_at)
			SELECT UNHEX(CONCAT('0199bbbb00007000800000000000000', '${digit}')), organization_id, 'pages/example-${digit}', 123456, '${state}',
			IF('${state}' = 'failed', 10, 3), UTC_TIMESTAMP(6) + INTERVAL 1 DAY, 'The object store answered 503 and could not be reached.',
			UTC_TIMESTAMP(6) - INTERVAL 2 DAY FROM users WHERE email = '${address('admin')}'`);
	await visit(page, '/admin/storage');
	await page.locator('code', { hasText: 'pages/example-d' }).waitFor();
	await inspect(page, 'storage');
	await inspectLarge(page, 'storage');
	sql("DELETE FROM storage_cleanup_queue WHERE storage_key LIKE 'pages/example-%'");
	const birch = await hands.browserOf('birch');
	await visit(birch, '/admin/storage');
	await inspect(birch, 'storage-empty');
});

test('help and privacy', async (hands) => {
	const visitor = await hands.visitor();
	const page = await hands.browserOf('ada');
	for (const name of ['help', 'privacy']) {
		await visit(visitor, `/${name}`);
		await inspect(visitor, `${name}-visitor`);
		await visit(page, `/${name}`);
		await inspect(page, name);
		await inspectLarge(page, name);
	}
});

test('an account', async (hands) => {
	const page = await hands.browserOf('ada', { own: true });
	await hands.browserOf('ada', { own: true, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1' });
	await visit(page, '/account');
	await inspect(page, 'account');
	await inspectLarge(page, 'account');
	await unchecked(page);
	await page.getByLabel('Name').fill('   ');
	await page.getByRole('button', { name: 'Save the name' }).click();
	await page.getByRole('alert').waitFor();
	await inspect(page, 'account-refused');
	await page.getByRole('button', { name: 'Save the choice' }).click();
	await toast(page, 'Your choice of mails is saved.');
	await inspect(page, 'account-toast');
	const admin = await hands.browserOf('admin');
	await visit(admin, '/account');
	await inspect(admin, 'account-admin');
});

test('pages that say no', async (hands) => {
	const photo = await addPhoto('ada', 'Contested');
	const page = await hands.browserOf('ada');
	await visit(page, '/nowhere', 404);
	await inspect(page, 'error-404');
	await visit(page, `/photos/${NOWHERE}`, 404);
	await visit(page, '/admin/audit', 403);
	await inspect(page, 'error-403');
	await visit(page, '/?cursor=nonsense', 400);
	await inspect(page, 'error-400');
	await visit(page, `/photos/${photo.id}/delete`);
	const { deletion_id: id } = await deletePhoto('ada', photo);
	const answer = page.waitForResponse((response) => response.request().method() === 'POST');
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	assert.equal((await answer).status(), 409);
	await page.getByRole('link', { name: 'Look at the deletion' }).waitFor();
	await inspect(page, 'error-409');
	await page.getByRole('link', { name: 'Look at the deletion' }).click();
	await page.waitForURL(`**/trash/${id}`);
	await visit(page, '/trash/' + id);
	sql(`UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE id = ${bytesOf(id)}`);
	const late = page.waitForResponse((response) => response.request().method() === 'POST');
	await page.getByRole('button', { name: 'Restore everything' }).click();
	assert.equal((await late).status(), 410);
	await inspect(page, 'error-410');
	assert.equal((await call('ben', 'GET', `/api/deletions/${id}`)).status, 404);
});

await run();
