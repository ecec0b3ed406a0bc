/* Asking for a photo's deletion: the submitter, the site's owner, and the admins who decide. */
import assert from 'node:assert/strict';

import { gone, toast, until, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { addPhoto, address, bytesOf, call, deletePhoto, forgiveRates, keysOf, objectsGone, placeOf, sql, statusOf, unique,
	work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const REASON = 'My daughter can be made out in the queue.';

/* A site that `shop` owns, and a photo on it that `who` submitted and an admin approved. */
async function submitted(who = 'ada') {
	const site = placeOf('admin', 'sites', unique('Shop'));
	const claim = await call('shop', 'POST', `/api/sites/${site}/claims`);
	await call('admin', 'PATCH', `/api/sites/${site}/claims/${claim.document.id}`, { decision: 'approve' });
	const photo = await addPhoto(who, unique('Stall'), { site_id: site });
	await call('admin', 'PATCH', `/api/photos/${photo.id}`, { action: 'update_status', status: 'approved' });
	forgiveRates();
	return photo;
}

/* The request on a photo. */
function requestOf(photo) {
	const hex = sql(`SELECT LOWER(HEX(id)) FROM deletion_requests WHERE photo_id = ${bytesOf(photo.id)}`);
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/* By its form, as a person does. */
async function ask(page, photo, reason = REASON) {
	await visit(page, `/photos/${photo.id}`);
	await page.getByRole('link', { name: 'Ask for deletion…' }).click();
	await page.getByLabel('Why should it be deleted?').fill(reason);
	await page.getByRole('button', { name: 'Send the request' }).click();
	await toast(page, 'Your request is on its way');
}

async function reject(page, photo) {
	await visit(page, `/admin/requests/reject?ids=${requestOf(photo)}`);
	await page.getByLabel('Reason', { exact: true }).fill('We need it.');
	await page.getByRole('button', { name: 'Reject', exact: true }).click();
	await toast(page, 'Rejected: the photo stays');
}

const row = (page, photo) => page.locator('tbody tr').filter({ hasText: photo.title });

testBoth('a submitter asks, an admin approves and recovers, another approval ends in the purge', async (hands) => {
	/* Ada's page of the photo is open when it is deleted, and asks. */
	hands.expect(/404 GET \/photos\//);
	const photo = await submitted();
	const site = sql(`SELECT name FROM sites WHERE id = ${bytesOf(photo.site_id)}`);
	const ada = await hands.browserOf('ada');
	await ask(ada, photo);
	await ada.getByText('Waiting', { exact: true }).first().waitFor();
	assert.equal((await call('ada', 'GET', `/api/photos/${photo.id}`)).document.status, 'deletion_requested');
	await visit(ada, `/photos/${photo.id}`);
	await ada.getByText('You asked for the deletion of this photo').waitFor();
	assert.equal(await ada.getByRole('link', { name: 'Ask for deletion…' }).count(), 0);

	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	await row(admin, photo).getByText(REASON).waitFor();
	await row(admin, photo).getByRole('link', { name: 'Approve…' }).click();
	await admin.getByText(/Until .* UTC \(4 hours from now\) it can be recovered; then it is deleted forever\./).waitFor();
	await admin.getByRole('button', { name: 'Approve and delete' }).click();
	await toast(admin, 'Approved: the photo is in the trash');
	assert.equal(await row(admin, photo).count(), 0);
	assert.equal(await statusOf('ada', `/api/photos/${photo.id}`), 404);
	await visit(ada, '/requests');
	await row(ada, photo).getByText('Approved').waitFor();
	assert.equal(await row(ada, photo).locator('img').count(), 0, 'its picture is no longer hers to see');

	await visit(admin, '/admin/recover');
	await row(admin, photo).getByRole('button', { name: 'Restore' }).click();
	await toast(admin, 'Restored');
	assert.equal((await call('ada', 'GET', `/api/photos/${photo.id}`)).document.status, 'approved');

	await ask(ada, photo, 'She still does not want to be seen there.');
	await visit(admin, '/admin/requests');
	await row(admin, photo).getByRole('link', { name: 'Approve…' }).click();
	await admin.getByRole('button', { name: 'Approve and delete' }).click();
	await toast(admin, 'Approved');
	const keys = keysOf(photo);
	work();
	assert.equal(await statusOf('admin', `/api/photos/${photo.id}`), 200, 'not before its window closes');
	work('+5h');
	assert.equal(await statusOf('admin', `/api/photos/${photo.id}`), 404);
	await until('its files are gone', () => objectsGone(keys));
	await visit(ada, '/requests');
	await ada.locator('tbody tr').filter({ hasText: site }).filter({ hasText: 'A photo that is gone' }).first().waitFor();
});

testBoth('an admin rejects with a reason, and the requester reads it', async (hands) => {
	const photo = await submitted();
	const ada = await hands.browserOf('ada');
	await ask(ada, photo);
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	await row(admin, photo).getByRole('link', { name: 'Reject…' }).click();
	const form = admin.locator('form[action="/admin/requests/reject"]').last();
	await form.evaluate((element) => { element.noValidate = true; });
	await admin.getByLabel('Reason', { exact: true }).fill('   ');
	await form.getByRole('button', { name: 'Reject', exact: true }).click();
	await admin.getByRole('alert').waitFor();
	assert.equal(await admin.getByLabel('Reason', { exact: true }).getAttribute('aria-invalid'), 'true');
	await admin.getByLabel('Reason', { exact: true }).fill('Nobody can be made out in it.');
	await admin.getByRole('button', { name: 'Reject', exact: true }).click();
	await toast(admin, 'Rejected: the photo stays');
	assert.equal((await call('ben', 'GET', `/api/photos/${photo.id}`)).document.status, 'approved');
	await visit(ada, '/requests');
	await row(ada, photo).getByText('“Nobody can be made out in it.”').waitFor();
	await visit(admin, '/admin/requests?status=rejected');
	await row(admin, photo).getByText('“Nobody can be made out in it.”').waitFor();
});

testBoth('a request is taken back', async (hands) => {
	const photo = await submitted();
	const ada = await hands.browserOf('ada');
	await ask(ada, photo);
	await visit(ada, '/requests');
	await row(ada, photo).getByRole('button', { name: 'Take back' }).click();
	await toast(ada, 'Your request is taken back');
	await row(ada, photo).getByText('Taken back').waitFor();
	assert.equal((await call('ada', 'GET', `/api/photos/${photo.id}`)).document.status, 'approved');
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	assert.equal(await row(admin, photo).count(), 0);
});

testBoth('the owner of a site asks, and sees what is asked on it', async (hands) => {
	const photo = await submitted('ben');
	const shop = await hands.browserOf('shop');
	await visit(shop, `/photos/${photo.id}`);
	assert.equal(await shop.getByRole('link', { name: 'Delete…' }).count(), 0);
	await ask(shop, photo);
	const ben = await hands.browserOf('ben');
	await ask(ben, photo, 'I am in it myself, and rather would not be.');
	await visit(shop, '/requests');
	await shop.getByRole('link', { name: 'On your sites' }).click();
	await row(shop, photo).filter({ hasText: 'Ben' }).waitFor();
	assert.equal(await row(shop, photo).count(), 2);
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	assert.equal(await row(admin, photo).count(), 1, 'both stand in one row');
	await row(admin, photo).getByText('I am in it myself').waitFor();
	await row(admin, photo).getByText(REASON).waitFor();
	await row(admin, photo).getByRole('link', { name: 'Approve…' }).click();
	await admin.getByRole('button', { name: 'Approve and delete' }).click();
	await toast(admin, 'Approved');
	await admin.getByRole('button', { name: 'Undo' }).click();
	await toast(admin, 'Undone');
	assert.equal((await call('ada', 'GET', `/api/photos/${photo.id}`)).document.status, 'approved');
	const other = await hands.browserOf('ada');
	await visit(other, '/requests?tab=sites', 403);
});

testBoth('several are decided at once, and each is told what became of it', async (hands) => {
	const photos = [await submitted(), await submitted(), await submitted()];
	const ada = await hands.browserOf('ada');
	for (const photo of photos) await ask(ada, photo);
	forgiveRates();
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	for (const photo of photos) await row(admin, photo).getByRole('checkbox').check();
	if (hands.scripts) await admin.getByText('3 photos selected').waitFor();
	await admin.locator('[data-bar]').getByRole('button', { name: 'Approve…' }).click();
	await admin.getByRole('heading', { name: 'Approve the deletion of 3 photos?' }).waitFor();
	/* Another admin is quicker with one of them. */
	await reject(await hands.browserOf('admin2'), photos[1]);
	await admin.getByRole('button', { name: 'Approve and delete' }).click();
	await admin.getByRole('heading', { name: 'Not all could be approved' }).waitFor();
	const other = admin.locator('main li').filter({ hasText: photos[1].title });
	await other.getByText('Left as it was').waitFor();
	await other.getByText(/ejected/).waitFor();
	if (hands.scripts) await inspect(admin, 'requests-decided');
	for (const photo of [photos[0], photos[2]]) assert.equal(await statusOf('ada', `/api/photos/${photo.id}`), 404);
	assert.equal(await statusOf('ada', `/api/photos/${photos[1].id}`), 200);
});

testBoth('the second of two admins is told what the first decided', async (hands) => {
	const photo = await submitted();
	const ada = await hands.browserOf('ada');
	await ask(ada, photo);
	const first = await hands.browserOf('admin');
	const second = await hands.browserOf('admin2');
	for (const page of [first, second]) {
		await visit(page, '/admin/requests');
		await row(page, photo).getByRole('link', { name: 'Approve…' }).click();
	}
	await first.getByRole('button', { name: 'Approve and delete' }).click();
	await toast(first, 'Approved');
	const answer = second.waitForResponse((response) => response.request().method() === 'POST');
	await second.getByRole('button', { name: 'Approve and delete' }).click();
	assert.equal((await answer).status(), 409);
	await second.getByRole('heading', { name: 'Nothing was changed' }).waitFor();
	await second.getByText(/approved/i).first().waitFor();
	await visit(second, `/admin/requests/approve?ids=${requestOf(photo)}`);
	await second.getByText('Decided already').waitFor();
	assert.equal(await second.getByRole('button', { name: 'Approve and delete' }).count(), 0);
});

testBoth('nobody approves their own', async (hands) => {
	const photo = await submitted();
	const admin = await hands.browserOf('admin');
	await ask(admin, photo);
	await visit(admin, '/admin/requests');
	await row(admin, photo).getByText('You asked for this yourself: another admin approves it.').waitFor();
	assert.ok(await row(admin, photo).getByRole('button', { name: 'Approve…' }).isDisabled());
	await visit(admin, `/admin/requests/approve?ids=${requestOf(photo)}`);
	assert.equal(await admin.getByRole('button', { name: 'Approve and delete' }).count(), 0);
	const other = await hands.browserOf('admin2');
	await visit(other, '/admin/requests');
	await row(other, photo).getByRole('link', { name: 'Approve…' }).click();
	await other.getByRole('button', { name: 'Approve and delete' }).click();
	await toast(other, 'Approved');
});

testBoth('a reason that is too short is refused, and stays in the form', async (hands) => {
	const photo = await submitted();
	const page = await hands.browserOf('ada');
	await visit(page, `/requests/new?photo=${photo.id}`);
	await page.locator('form[action="/requests/new"]').evaluate((form) => { form.noValidate = true; });
	await page.getByLabel('Why should it be deleted?').fill('Too short');
	if (hands.scripts) await page.getByText('1 character more').waitFor();
	await page.getByRole('button', { name: 'Send the request' }).click();
	await page.getByRole('alert').waitFor();
	assert.equal(await page.getByLabel('Why should it be deleted?').inputValue(), 'Too short');
	assert.equal(await page.getByLabel('Why should it be deleted?').getAttribute('aria-invalid'), 'true');
	if (hands.scripts) await inspect(page, 'request-new-refused');
	await page.getByLabel('Why should it be deleted?').fill('Long enough');
	await page.getByRole('button', { name: 'Send the request' }).click();
	await toast(page, 'Your request is on its way');
	await visit(page, `/requests/new?photo=${photo.id}`);
	await page.getByText('You have asked for this already').waitFor();
});

test('pages of requests', async (hands) => {
	const overdue = await submitted();
	const photo = await submitted('ben');
	const ada = await hands.browserOf('ada');
	await visit(ada, `/photos/${overdue.id}`);
	await ada.getByRole('link', { name: 'Ask for deletion…' }).click();
	await ada.getByRole('dialog').waitFor();
	await inspect(ada, 'request-new-dialog');
	await visit(ada, `/requests/new?photo=${overdue.id}`);
	await inspect(ada, 'request-new');
	await inspectLarge(ada, 'request-new');
	await ask(ada, overdue, 'A price tag with my telephone number can be read, and the whole street calls me up at night about pumpkins.');
	await inspect(ada, 'request');
	await inspectLarge(ada, 'request');
	await visit(ada, `/photos/${overdue.id}`);
	await inspect(ada, 'photo-requested');
	sql(`UPDATE deletion_requests SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 DAY WHERE photo_id = ${bytesOf(overdue.id)}`);
	const shop = await hands.browserOf('shop');
	await ask(shop, photo);
	await ask(await hands.browserOf('ben'), photo);
	await visit(shop, '/requests?tab=sites');
	await inspect(shop, 'requests-on-sites');
	await visit(ada, '/requests');
	await inspect(ada, 'requests');
	await inspectLarge(ada, 'requests');
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	await row(admin, overdue).getByText('Overdue by 1 day').waitFor();
	await inspect(admin, 'requests-review');
	await inspectLarge(admin, 'requests-review');
	await row(admin, photo).getByRole('checkbox').check();
	await row(admin, overdue).getByRole('checkbox').check();
	await inspect(admin, 'requests-review-selection');
	await admin.locator('[data-bar]').getByRole('button', { name: 'Approve…' }).click();
	await inspect(admin, 'requests-approve');
	await admin.goBack();
	await admin.locator('[data-bar]').getByRole('button', { name: 'Reject…' }).click();
	await inspect(admin, 'requests-reject');
	await inspectLarge(admin, 'requests-reject');
	await visit(admin, '/admin/requests');
	await row(admin, photo).getByRole('link', { name: 'Reject…' }).click();
	await admin.getByRole('dialog').waitFor();
	await inspect(admin, 'requests-reject-dialog');
	await visit(admin, '/admin/requests?status=approved');
	await inspect(admin, 'requests-approved');
	await visit(admin, '/admin/requests?status=superseded');
	await inspect(admin, 'requests-superseded');
	await deletePhoto('admin', overdue);
	await visit(ada, '/requests');
	await row(ada, overdue).getByText('Deleted otherwise').waitFor();
	const none = await hands.browserOf('creator');
	await visit(none, '/requests');
	await inspect(none, 'requests-none');
	const birch = await hands.browserOf('birch');
	await visit(birch, '/admin/requests');
	await inspect(birch, 'requests-review-none');
	await visit(birch, `/requests/${requestOf(overdue)}`, 404);
});

test('an open queue stays true', async (hands) => {
	const photo = await submitted();
	await ask(await hands.browserOf('ada'), photo);
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	await row(admin, photo).waitFor();
	await reject(await hands.browserOf('admin2'), photo);
	await gone(row(admin, photo));
});

await run();
