/* The admins' section and the lists of places, in each state: looked at by axe, at two widths, and kept as
 * pictures. What deleting a container does is in containers_test.mjs. */
import assert from 'node:assert/strict';

import { gone, toast, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { addDerivative, addPhoto, archivePhoto, bytesOf, call, deletePhoto, placeOf, sql, unique } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

test('the section and its navigation', async (hands) => {
	const page = await hands.browserOf('admin');
	await visit(page, '/admin');
	await inspect(page, 'admin');
	await inspectLarge(page, 'admin');
	const section = page.getByRole('navigation', { name: 'Admin pages' });
	assert.equal(await section.getByRole('link', { name: 'Overview' }).getAttribute('aria-current'), 'page');
	assert.equal(await section.getByRole('link', { name: 'Organisations' }).count(), 0);
	await section.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('heading', { name: 'Settings' }).waitFor();
	assert.equal(await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' }).getAttribute('aria-current'), 'page');
	const member = await hands.browserOf('ada');
	await visit(member, '/');
	assert.equal(await member.getByRole('link', { name: 'Admin', exact: true }).count(), 0);
	await visit(member, '/admin', 403);
});

testBoth('settings are saved, and refused beyond their bounds', async (hands) => {
	const page = await hands.browserOf('birch');
	await visit(page, '/admin/settings');
	if (hands.scripts) {
		await inspect(page, 'settings');
		await inspectLarge(page, 'settings');
	}
	await page.getByLabel('Recovery of photos', { exact: true }).fill('90');
	await page.getByLabel('Unit of: Recovery of photos').selectOption('minutes');
	await page.getByLabel('Members may delete their own account').uncheck();
	await page.getByRole('button', { name: 'Save' }).click();
	await toast(page, 'The settings are saved.');
	assert.equal(await page.getByLabel('Recovery of photos', { exact: true }).inputValue(), '90');
	assert.equal(await page.getByLabel('Unit of: Recovery of photos').inputValue(), 'minutes');
	assert.equal(await page.getByLabel('Members may delete their own account').isChecked(), false);
	assert.equal((await call('birch', 'GET', '/api/admin/settings')).document.photo_recovery_s, 5400);
	await page.getByLabel('Recovery of photos', { exact: true }).fill('31');
	await page.getByLabel('Unit of: Recovery of photos').selectOption('days');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('alert').getByText('Recovery of photos: from 0 to 30 days').waitFor();
	assert.equal(await page.getByLabel('Recovery of photos', { exact: true }).inputValue(), '31');
	if (hands.scripts) await inspect(page, 'settings-refused');
	const { document } = await call('birch', 'PATCH', '/api/admin/settings', { photo_recovery_s: 14400, self_deletion: true });
	assert.equal(document.photo_recovery_s, 14400);
});

testBoth('a member claims a site, and an admin decides', async (hands) => {
	const name = unique('Site');
	const site = placeOf('admin', 'sites', name);
	const member = await hands.browserOf('ben');
	await visit(member, '/sites');
	if (hands.scripts) await inspect(member, 'sites');
	const row = member.locator(`tr[data-key="${site}"]`);
	await row.getByRole('button', { name: 'Claim it' }).click();
	await toast(member, 'Your claim is on its way');
	await row.getByText('An admin decides').waitFor();
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/sites');
	if (hands.scripts) {
		await inspect(admin, 'admin-sites');
		await inspectLarge(admin, 'admin-sites');
	}
	await admin.getByRole('link', { name: /^Claims to decide \(\d+\)$/ }).click();
	if (hands.scripts) await inspect(admin, 'claims');
	await admin.getByRole('button', { name: `Approve Ben` }).and(admin.getByRole('button', { name: name })).click();
	await toast(admin, 'The claim is approved.');
	await visit(member, '/sites');
	await row.getByText('Yours', { exact: true }).waitFor();
	await visit(admin, '/admin/sites?claims=approved');
	await admin.getByRole('button', { name: 'Withdraw' }).and(admin.getByRole('button', { name: name })).click();
	await toast(admin, 'The claim is rejected.');
	await visit(member, '/sites');
	await row.getByText('Rejected').waitFor();
	await row.getByRole('button', { name: 'Claim it again' }).waitFor();
});

test('lists of places', async (hands) => {
	placeOf('ada', 'albums', 'Summer at the river, with a name that is long enough to need a second line');
	placeOf('admin', 'projects', unique('Bridge'));
	const page = await hands.browserOf('ada');
	await visit(page, '/albums');
	await inspect(page, 'albums');
	await inspectLarge(page, 'albums');
	await visit(page, '/choose/projects?for=upload');
	await inspect(page, 'choose');
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/projects');
	await inspect(admin, 'projects');
	const birch = await hands.browserOf('mia');
	await visit(birch, '/sites');
	await inspect(birch, 'sites-of-another');
});

test('all photos', async (hands) => {
	const photo = await addPhoto('ada', unique('Live'));
	await addDerivative('ada', photo, 'Small');
	const aside = await addPhoto('ben', unique('Aside'));
	await archivePhoto('ben', aside);
	const away = await addPhoto('ben', unique('Away'));
	await deletePhoto('ben', away);
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/photos');
	await inspect(page, 'admin-photos');
	await visit(page, '/admin/photos?include_archived=true&includeDeleted=true');
	await page.locator(`[data-key="${away.id}"]`).getByText('Deleted').waitFor();
	assert.equal(await page.locator(`[data-key="${away.id}"] input`).count(), 0, 'a deleted photo is not selected');
	await inspect(page, 'admin-photos-all');
	await visit(page, '/admin/photos');
	await page.getByLabel('Moderation').selectOption({ label: 'Waiting for approval' });
	await page.getByRole('button', { name: 'Filter', exact: true }).click();
	await page.waitForURL('**status=pending**');
	await page.locator('.tile').filter({ hasText: 'Waiting for approval' }).first().waitFor();
	assert.equal(await page.locator(`[data-key="${photo.id}"]`).count(), 0);
	await inspect(page, 'admin-photos-pending');
	await visit(page, '/admin/photos?status=rejected&tag=no-such-tag');
	await page.getByText('No photo was rejected.').waitFor();
	await inspect(page, 'admin-photos-none');
	await visit(page, '/admin/photos?include_archived=true&includeDeleted=true');
	await page.locator(`[data-key="${photo.id}"] input`).check();
	await page.getByRole('button', { name: 'Delete…' }).click();
	await page.getByRole('button', { name: 'Delete 1 photo' }).click();
	await page.waitForURL('**/admin/photos?include_archived=true&includeDeleted=true**');
	await toast(page, 'The photo is in the trash.');
	await page.getByRole('button', { name: 'Undo' }).click();
	await toast(page, 'Undone');
});

/* More than a page looks at: it says so, and where to go on. */
test('what is rare among many photos', async (hands) => {
	const page = await hands.browserOf('admin');
	const project = placeOf('admin', 'projects', unique('Of very many'));
	sql(`INSERT INTO photos (id, organization_id, uploader_id, project_id, title, status, bytes, created_at)
		SELECT UNHEX(CONCAT('0199bbbb', LPAD(HEX(seq), 8, '0'), SUBSTR(HEX(${bytesOf(project)}), 17))), u.organization_id, u.id, ${bytesOf(project)},
		'Of very many', IF(seq = 1, 'rejected', 'approved'), 100, UTC_TIMESTAMP(6) FROM seq_1_to_3100, users u WHERE u.email = 'ada@alder.example'`);
	await visit(page, `/admin/photos?project_id=${project}&tag=&status=approved&site_id=${project}`);
	await page.getByText('3,000 photos were looked at for this page, and none matches.').waitFor();
	await inspect(page, 'admin-photos-cut');
	await page.getByRole('link', { name: 'Next page' }).click();
	await page.getByText('No photo matches.').waitFor();
	await visit(page, `/admin/photos/archive?project_id=${project}&to=2001-01-01`);
	await page.getByText('None of the newest 3,000 photos looked at fits').waitFor();
	await inspect(page, 'archive-looked');
	await page.getByRole('link', { name: 'Count exactly' }).click();
	await page.getByText('No photo that is not archived already fits').waitFor();
	sql(`DELETE FROM photos WHERE project_id = ${bytesOf(project)}`);
});

testBoth('what closes soonest is first, and several come back together', async (hands) => {
	const word = unique('Closing');
	const ids = [];
	for (const title of ['one', 'two', 'three']) {
		const photo = await addPhoto('ben', `${word} ${title}`);
		ids.push((await deletePhoto('ben', photo)).deletion_id);
	}
	sql(`UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) + INTERVAL ${hands.scripts ? 5 : 4} MINUTE WHERE id = UNHEX('${ids[1].replaceAll('-', '')}')`);
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/recover');
	assert.equal(await page.locator('tbody tr').first().getAttribute('data-key'), ids[1]);
	if (hands.scripts) {
		await inspect(page, 'recover');
		await inspectLarge(page, 'recover');
	}
	await page.locator(`tr[data-key="${ids[0]}"] input[name=ids]`).check();
	await page.locator(`tr[data-key="${ids[2]}"] input[name=ids]`).check();
	if (hands.scripts) {
		await page.getByText('2 items selected').waitFor();
		await inspect(page, 'recover-selection');
	}
	await page.getByRole('button', { name: 'Restore selected' }).click();
	await toast(page, '2 items were restored.');
	for (const i of [0, 2]) await gone(page.locator(`tr[data-key="${ids[i]}"]`));
	await page.locator(`tr[data-key="${ids[1]}"]`).waitFor();
});

testBoth('an admin finds things in the trash by the beginning of their name', async (hands) => {
	const word = unique('100% sure_');
	const photo = await addPhoto('ada', `${word} thing`);
	const { deletion_id: id } = await deletePhoto('ada', photo);
	const other = await deletePhoto('ada', await addPhoto('ada', unique('1000 sure things')));
	const page = await hands.browserOf('admin');
	await visit(page, '/trash');
	await page.getByLabel('Name begins with').fill(word.toLowerCase());
	await page.getByRole('button', { name: 'Search' }).click();
	await page.locator(`tr[data-key="${id}"]`).waitFor();
	assert.equal(await page.locator(`tr[data-key="${other.deletion_id}"]`).count(), 0);
	if (hands.scripts) await inspect(page, 'trash-search');
	await visit(page, '/trash?q=no-such-name');
	await page.getByText('Nothing in the trash has a name that begins with “no-such-name”.').waitFor();
	if (hands.scripts) await inspect(page, 'trash-search-none');
	const member = await hands.browserOf('ben');
	await visit(member, `/trash?q=${encodeURIComponent(word)}`);
	assert.equal(await member.getByLabel('Name begins with').count(), 0);
	assert.equal(await member.locator(`tr[data-key="${id}"]`).count(), 0);
});

testBoth('an admin approves and rejects what was submitted to a site', async (hands) => {
	const site = placeOf('admin', 'sites', unique('Mill'));
	const photo = await addPhoto('ada', unique('Submitted'), { site_id: site });
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/photos?site_id=${site}`);
	await page.locator(`[data-key="${photo.id}"]`).getByText('Waiting for approval').waitFor();
	assert.equal((await call('ben', 'GET', `/api/photos/${photo.id}`)).status, 404);
	await visit(page, `/photos/${photo.id}`);
	if (hands.scripts) await inspect(page, 'photo-moderation');
	await page.getByRole('button', { name: 'Approve' }).click();
	await toast(page, 'The photo is approved');
	assert.equal((await call('ben', 'GET', `/api/photos/${photo.id}`)).status, 200);
	await page.getByLabel('Reason').fill('It shows a number plate');
	await page.getByRole('button', { name: 'Reject' }).click();
	await toast(page, 'The photo is rejected');
	assert.equal((await call('ben', 'GET', `/api/photos/${photo.id}`)).status, 404);
	const owner = await hands.browserOf('ada');
	await visit(owner, `/photos/${photo.id}`);
	assert.equal(await owner.getByRole('heading', { name: 'Moderation' }).count(), 0);
});

await run();
