/* The visitor's way: an address, a mail with a link, a request, and what becomes of it. */
import assert from 'node:assert/strict';

import { toast, until, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { BASE, addPhoto, bytesOf, call, forgiveRates, mailsTo, placeOf, sharePhoto, sql, statusOf, unique, work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const REASON = 'I am in it, and never agreed to that.';
const LINK = /^Your link to ask/;
let serial = 0;

/* An address that nobody else has. */
function somebody() {
	serial += 1;
	return `visitor-${process.pid}-${serial}@mail.example`;
}

/* A photo that somebody without an account submitted to a site. */
async function submittedBy(email) {
	const site = placeOf('admin', 'sites', unique('Market'));
	const photo = await addPhoto('ada', unique('Stand'), { site_id: site });
	sql(`UPDATE photos SET uploader_id = NULL, submitter_name = 'Vic', submitter_email = '${email}', status = 'approved' WHERE id = ${bytesOf(photo.id)}`);
	forgiveRates();
	return photo;
}

/* The way that the newest mail with that subject leads to. */
async function linkTo(email, subject) {
	let mail;
	await until(`a mail to ${email}: ${subject}`, () => {
		work();
		mail = mailsTo(email).filter((one) => subject.test(one.subject)).at(-1);
		return !!mail;
	});
	const path = /\/removal\/[\w.-]+/.exec(mail.text);
	assert.ok(path, `a link in ${mail.text}`);
	return path[0];
}

async function ask(page, email, photo) {
	forgiveRates();
	await visit(page, '/removal');
	await page.getByLabel('Your e-mail address').fill(email);
	if (photo) await page.getByLabel('Address of the photo').fill(photo);
	await page.getByRole('button', { name: 'Send me a link' }).click();
	await page.getByText('Look into your mailbox.').waitFor();
}

const row = (page, text) => page.locator('tbody tr').filter({ hasText: text });

testBoth('who submitted a photo asks by mail, and follows the decision', async (hands) => {
	const email = somebody();
	const photo = await submittedBy(email);
	const other = await submittedBy(email);
	const page = await hands.visitor();
	await visit(page, '/login');
	await page.getByRole('link', { name: 'Have a photo removed' }).click();
	await ask(page, email);
	const link = await linkTo(email, LINK);
	await visit(page, link);
	await page.getByText(photo.title).waitFor();
	const box = page.locator('label.choice').filter({ hasText: photo.title });
	await until('its picture is there', () => page.locator('.thumb img').first().evaluate((image) => image.naturalWidth > 0).catch(() => !hands.scripts));
	await visit(page, link);
	await box.getByRole('radio').check();
	await page.getByLabel('Why should it be deleted?').fill(REASON);
	await page.getByRole('button', { name: 'Send the request' }).click();
	await toast(page, 'Your request is on its way');
	await page.getByText('Waiting for a decision.').waitFor();
	await visit(page, link, 410);
	await page.getByText('This link has been used').waitFor();
	await page.getByRole('link', { name: 'Ask for a new link' }).waitFor();

	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	await row(admin, photo.title).getByText(REASON).waitFor();
	await row(admin, photo.title).getByText('visitor', { exact: false }).first().waitFor();
	await row(admin, photo.title).getByRole('link', { name: 'Approve…' }).click();
	await admin.getByRole('button', { name: 'Approve and delete' }).click();
	await toast(admin, 'Approved');
	assert.equal(await statusOf('ada', `/api/photos/${photo.id}`), 404);
	const status = await linkTo(email, /^We have your request/);
	await visit(page, status);
	await page.getByText('Approved', { exact: true }).waitFor();
	assert.equal(await page.getByRole('button', { name: 'Take the request back' }).count(), 0);
	/* What is in the trash is not offered again; the other one is. */
	await ask(page, email);
	await until('the newest link', async () => {
		work();
		return mailsTo(email).filter(({ subject }) => LINK.test(subject)).length === 2;
	});
	await visit(page, await linkTo(email, LINK));
	await page.getByText(other.title).waitFor();
	assert.equal(await page.getByText(photo.title).count(), 0);
});

testBoth('a request is taken back by its link', async (hands) => {
	const email = somebody();
	const photo = await submittedBy(email);
	const page = await hands.visitor();
	await ask(page, email);
	await visit(page, await linkTo(email, LINK));
	await page.getByLabel('Why should it be deleted?').fill(REASON);
	await page.getByRole('button', { name: 'Send the request' }).click();
	await toast(page, 'Your request is on its way');
	const status = new URL(page.url()).pathname;
	/* Looking changes nothing, however often a mail scanner does. */
	for (let n = 0; n < 3; n++) await visit(page, status);
	await page.getByRole('button', { name: 'Take the request back' }).click();
	await toast(page, 'Your request is taken back');
	assert.equal((await call('admin', 'GET', `/api/photos/${photo.id}`)).document.status, 'approved');
	await visit(page, status, 410);
});

testBoth('somebody in the picture gives the address of a shared photo', async (hands) => {
	const email = somebody();
	const photo = await addPhoto('ada', unique('Party'));
	const share = await sharePhoto('ada', photo);
	const page = await hands.visitor();
	await visit(page, `/s/${share.token}`);
	await page.getByRole('link', { name: 'Ask for its removal' }).click();
	assert.equal(await page.getByLabel('Address of the photo').inputValue(), `${BASE}/s/${share.token}`);
	forgiveRates();
	await page.getByLabel('Your e-mail address').fill(email);
	await page.getByRole('button', { name: 'Send me a link' }).click();
	await page.getByText('Look into your mailbox.').waitFor();
	await visit(page, await linkTo(email, LINK));
	await page.getByText(photo.title).waitFor();
	if (hands.scripts) await inspect(page, 'removal-shared');
	await page.getByLabel('Why should it be deleted?').fill(REASON);
	await page.getByRole('button', { name: 'Send the request' }).click();
	await toast(page, 'Your request is on its way');
	const admin = await hands.browserOf('admin');
	await visit(admin, '/admin/requests');
	await row(admin, photo.title).getByText(email).waitFor();
});

test('who knows only the address of a photo sees nothing of it', async (hands) => {
	const email = somebody();
	const photo = await addPhoto('ada', unique('Secret'));
	const page = await hands.visitor();
	await ask(page, email, `${BASE}/photos/${photo.id}`);
	const link = await linkTo(email, LINK);
	await visit(page, link);
	await page.getByText('The photo whose address you gave').waitFor();
	assert.equal(await page.getByText(photo.title).count(), 0);
	assert.equal(await page.locator('main img').count(), 0);
	hands.expect(/404 GET/);
	const answer = await page.context().request.get(`${link}/photos/${photo.id}/thumbnail`);
	assert.equal(answer.status(), 404);
	await inspect(page, 'removal-by-address');
	await page.getByLabel('Why should it be deleted?').fill(REASON);
	await page.getByRole('button', { name: 'Send the request' }).click();
	await toast(page, 'Your request is on its way');
	assert.equal(await page.getByText(photo.title).count(), 0);
});

test('pages of the visitor\'s way', async (hands) => {
	const email = somebody();
	for (let n = 0; n < 3; n++) await submittedBy(email);
	const page = await hands.visitor();
	await visit(page, '/removal');
	await inspect(page, 'removal');
	await inspectLarge(page, 'removal');
	await page.locator('form').last().evaluate((form) => { form.noValidate = true; });
	await page.getByLabel('Your e-mail address').fill('nobody');
	await page.getByLabel('Address of the photo').fill('the one with the dog');
	await page.getByRole('button', { name: 'Send me a link' }).click();
	await page.getByRole('alert').waitFor();
	assert.equal(await page.getByLabel('Your e-mail address').inputValue(), 'nobody');
	assert.equal(await page.getByLabel('Address of the photo').inputValue(), 'the one with the dog');
	await inspect(page, 'removal-refused');
	await ask(page, email);
	await inspect(page, 'removal-sent');
	const link = await linkTo(email, LINK);
	await visit(page, link);
	await inspect(page, 'removal-photos');
	await inspectLarge(page, 'removal-photos');
	await page.locator('main form').evaluate((form) => { form.noValidate = true; });
	await page.getByLabel('Why should it be deleted?').fill('Too short');
	await page.getByRole('radio').nth(1).check();
	await page.getByRole('button', { name: 'Send the request' }).click();
	await page.getByRole('alert').waitFor();
	assert.ok(await page.getByRole('radio').nth(1).isChecked(), 'the choice stays');
	await inspect(page, 'removal-photos-refused');
	await page.getByLabel('Why should it be deleted?').fill(REASON);
	await page.getByRole('button', { name: 'Send the request' }).click();
	await toast(page, 'Your request is on its way');
	await inspect(page, 'removal-status');
	const status = new URL(page.url()).pathname;
	await visit(page, link, 410);
	await inspect(page, 'removal-used');
	await visit(page, '/removal/nothing', 404);
	await inspect(page, 'removal-unknown');
	const [photo] = sql(`SELECT LOWER(HEX(photo_id)) FROM deletion_requests WHERE requester_email = '${email}'`).split('\n');
	sql(`UPDATE deletion_requests SET status = 'rejected', reviewed_at = UTC_TIMESTAMP(6), rejection_reason = 'Nobody can be made out in it.' WHERE photo_id = UNHEX('${photo}')`);
	await visit(page, status);
	await inspect(page, 'removal-rejected');
	const nobody = somebody();
	await ask(page, nobody);
	await visit(page, await linkTo(nobody, LINK));
	await page.getByRole('heading', { name: 'Nothing was found' }).waitFor();
	await inspect(page, 'removal-nothing');
});

test('a signed-in person goes the visitor\'s way and can still sign out', async (hands) => {
	const page = await hands.browserOf('mia', { own: true });
	await ask(page, somebody());
	await visit(page, '/removal');
	await page.getByRole('button', { name: 'Sign out' }).click();
	await toast(page, 'You are signed out.');
});

await run();
