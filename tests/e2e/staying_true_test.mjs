/* Open pages stay true: what happens elsewhere shows without loading them anew. */
import assert from 'node:assert/strict';

import { gone, toast, until, visit } from './support/browser.mjs';
import { BASE, addPhoto, archivePhoto, bytesOf, call, deletePhoto, sharePhoto, sql, statusOf, unique,
	work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const tile = (page, title) => page.locator('.tile', { hasText: title });
const row = (page, title) => page.locator('tr[data-key]', { hasText: title });

async function shareByPage(page, photo) {
	await visit(page, `/photos/${photo.id}`);
	await page.getByRole('button', { name: 'Make a link' }).click();
	return page.getByLabel('Share link').inputValue();
}

testBoth('a share link shows its photo until it is deleted; then it is gone, bytes and all, for good', async (hands) => {
	const title = unique('Shared');
	const photo = await addPhoto('ada', title);
	const mine = await hands.browserOf('ada');
	const url = await shareByPage(mine, photo);
	const theirs = await hands.visitor();
	await visit(theirs, url);
	await theirs.getByRole('heading', { name: title }).waitFor();
	const file = await theirs.locator('.photo__picture img').evaluate((img) => img.decode().then(() => img.src));
	assert.equal((await fetch(file)).status, 200);

	hands.expect(/^410 GET \/s\//);
	const { deletion_id: id } = await deletePhoto('ada', photo);
	if (!hands.scripts) await theirs.reload();
	await theirs.getByRole('heading', { name: 'This photo is gone' }).waitFor();
	const text = await theirs.locator('body').innerText();
	assert.ok(!/Ada|delet|trash/i.test(text.replace('the deletion desk', '')), 'never who or why');
	assert.equal((await fetch(url)).status, 410);
	assert.equal((await fetch(file)).status, 410, 'its bytes too');

	assert.equal((await call('ada', 'POST', `/api/deletions/${id}/restore`)).status, 200);
	assert.equal((await fetch(url)).status, 410, 'a link once dead stays dead');
	await visit(mine, `/photos/${photo.id}`);
	await mine.getByText('revoked').first().waitFor();
});

test('the page that shows a new link is the photo\'s own: loading it anew makes no second link', async (hands) => {
	const photo = await addPhoto('ada', unique('One link'));
	const page = await hands.browserOf('ada');
	await shareByPage(page, photo);
	assert.equal(new URL(page.url()).pathname, `/photos/${photo.id}`);
	await page.reload();
	assert.equal(await page.getByText('Link made').count(), 1);
});

testBoth('a share link ends when it is revoked, and when its photo is archived', async (hands) => {
	const photo = await addPhoto('ada', unique('Revoked'));
	const page = await hands.browserOf('ada');
	const [first, second] = [await shareByPage(page, photo), (await sharePhoto('ada', photo)).url];
	await visit(page, `/photos/${photo.id}`);
	await page.getByRole('button', { name: 'Revoke' }).first().click();
	await toast(page, 'The link is dead from now on.');
	const statuses = [(await fetch(first)).status, (await fetch(second)).status].sort();
	assert.deepEqual(statuses, [200, 410], 'one of the two has ended');
	await archivePhoto('ada', photo);
	assert.equal((await fetch(second)).status, 410);
});

test('what one deletes leaves the library that another has open, and keeps the selection made there', async (hands) => {
	const word = unique('Both');
	const [kept, lost] = [await addPhoto('ben', `${word} kept`), await addPhoto('ada', `${word} lost`)];
	const theirs = await hands.browserOf('ben');
	await visit(theirs, '/');
	await theirs.evaluate(() => { window.notLoadedAnew = true; });
	await theirs.getByLabel(`Select ${kept.title}`).check();
	await tile(theirs, lost.title).waitFor();

	const mine = await hands.browserOf('ada');
	await visit(mine, `/photos/${lost.id}`);
	await mine.getByRole('link', { name: 'Delete…' }).click();
	await mine.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await toast(mine, 'in the trash');

	await gone(tile(theirs, lost.title));
	assert.equal(await theirs.getByLabel(`Select ${kept.title}`).isChecked(), true, 'the selection stays');
	await theirs.getByText('1 photo selected').waitFor();
	await mine.getByRole('button', { name: 'Undo' }).click();
	await tile(theirs, lost.title).waitFor();
	assert.equal(await theirs.getByLabel(`Select ${kept.title}`).isChecked(), true);
	assert.equal(await theirs.evaluate(() => window.notLoadedAnew), true, 'the page was not loaded anew');
});

test('a selected photo that another deletes leaves the selection', async (hands) => {
	const word = unique('Count');
	const photos = [await addPhoto('ada', `${word} a`), await addPhoto('ada', `${word} b`)];
	const page = await hands.browserOf('ada');
	await visit(page, '/?mine=true');
	for (const { title } of photos) await page.getByLabel(`Select ${title}`).check();
	await page.getByText('2 photos selected').waitFor();
	await deletePhoto('admin', photos[0]);
	await page.getByText('1 photo selected').waitFor();
});

test('the open page of a photo becomes "Nothing here" when its owner deletes it', async (hands) => {
	const photo = await addPhoto('ada', unique('Watched'));
	const page = await hands.browserOf('ben');
	await visit(page, `/photos/${photo.id}`);
	hands.expect(/^404 GET \/photos\//);
	await deletePhoto('ada', photo);
	await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
});

test('the owner\'s open page of the photo says that it is in the trash', async (hands) => {
	const photo = await addPhoto('ada', unique('Own page'));
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}`);
	await deletePhoto('ada', photo);
	await page.getByText('This photo is in the trash').waitFor();
	await page.getByRole('button', { name: 'Restore' }).waitFor();
	await gone(page.getByRole('link', { name: 'Delete…' }));
});

test('a dialog that is open is left alone', async (hands) => {
	const photo = await addPhoto('ada', unique('Asked'));
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}`);
	await page.getByRole('link', { name: 'Delete…' }).click();
	await page.getByRole('dialog').getByLabel('Reason').fill('half a sentence');
	await addPhoto('ada', unique('Something else'));
	/* Longer than the page waits between two questions. */
	await page.waitForTimeout(5000);
	assert.equal(await page.getByRole('dialog').getByLabel('Reason').inputValue(), 'half a sentence');
	await page.keyboard.press('Escape');
});

test('the trash counts down, warns in the last hour, and takes away what is over', async (hands) => {
	const title = unique('Ticking');
	const photo = await addPhoto('ada', title);
	const { deletion_id: id } = await deletePhoto('ada', photo);
	sql(`UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) + INTERVAL 6 SECOND WHERE id = ${bytesOf(id)}`);
	const page = await hands.browserOf('ada');
	await visit(page, '/trash');
	const left = row(page, title).locator('time[data-until]');
	const first = await left.textContent();
	assert.match(first, /^\d seconds? left$/);
	assert.match(await left.getAttribute('class'), /is-close/);
	await until('another second', async () => (await left.textContent()) !== first);
	await gone(row(page, title));
	work();
	for (const path of [`/api/photos/${photo.id}`, `/api/deletions/${id}`])
		await until(`${path} is gone`, async () => (await statusOf('ada', path)) === 404);
});

test('what an admin restores leaves the owner\'s open trash', async (hands) => {
	const title = unique('Rescued');
	const photo = await addPhoto('ada', title);
	const { deletion_id: id } = await deletePhoto('ada', photo);
	const page = await hands.browserOf('ada');
	await visit(page, '/trash');
	await row(page, title).waitFor();
	assert.equal((await call('admin', 'POST', `/api/deletions/${id}/restore`)).status, 200);
	await gone(row(page, title));
});

test('a page left open shows nothing private once its session has ended', async (hands) => {
	const title = unique('Left open');
	await addPhoto('ben', title);
	const page = await hands.browserOf('ben', { own: true });
	await visit(page, '/');
	await tile(page, title).waitFor();
	const other = await page.context().newPage();
	await other.goto(`${BASE}/trash`);
	await other.getByRole('button', { name: 'Sign out' }).click();
	await page.getByRole('heading', { name: 'Sign in' }).waitFor();
	assert.ok(!(await page.content()).includes(title));
});

test('asking whether a page is true costs nothing while it is', async (hands) => {
	const page = await hands.browserOf('mia');
	await visit(page, '/trash');
	const answer = await page.waitForResponse((response) => response.url().endsWith('/live'));
	assert.equal(answer.status(), 304);
	assert.equal((await answer.body().catch(() => Buffer.alloc(0))).length, 0);
});

/* A photo may go between its tile and its picture. */
await run({ atOnce: 3, expected: [/^404 GET \/photos\/[^/]+\/thumbnail$/] });
