/* Deleting and restoring one's photos: source 1, and the trash. */
import assert from 'node:assert/strict';

import { gone, toast, visit } from './support/browser.mjs';
import { inspect } from './support/inspect.mjs';
import { addDerivative, addPhoto, archivePhoto, auditOf, deletePhoto, statusOf, unique } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const row = (page, title) => page.locator('tr[data-key]', { hasText: title });
const tile = (page, title) => page.locator('.tile', { hasText: title });

/* From a photo's page to its confirmation: a dialog by script, a page without. */
async function ask(hands, page, link) {
	await page.getByRole('link', { name: link }).click();
	if (!hands.scripts) {
		await page.getByRole('heading', { level: 1, name: /\?$/ }).waitFor();
		return page.locator('main');
	}
	const dialog = page.getByRole('dialog');
	await dialog.waitFor();
	assert.match(await dialog.getAttribute('aria-labelledby'), /./, 'the dialog has a name');
	return dialog;
}

testBoth('delete from the photo page, Undo in the toast', async (hands) => {
	const title = unique('Undo');
	const photo = await addPhoto('ada', title, { tags: 'kept' });
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}`);
	const question = await ask(hands, page, 'Delete…');
	await question.getByText('goes to the trash').waitFor();
	await question.getByLabel('Reason').fill('blurred');
	await question.getByRole('button', { name: 'Delete' }).click();
	await toast(page, 'The photo is in the trash.');
	assert.equal(await tile(page, title).count(), 0, 'out of the library at once');
	assert.equal(await statusOf('ben', `/api/photos/${photo.id}`), 404, 'gone for others');
	await page.getByRole('button', { name: 'Undo' }).click();
	await toast(page, 'everything is back');
	await tile(page, title).waitFor();
	await visit(page, `/photos/${photo.id}`);
	await page.locator('.badge', { hasText: 'kept' }).waitFor();
});

testBoth('cancelling deletes nothing', async (hands) => {
	const photo = await addPhoto('ada', unique('Kept'));
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}`);
	const question = await ask(hands, page, 'Delete…');
	await question.getByRole('link', { name: 'Cancel' }).click();
	await page.getByRole('link', { name: 'Delete…' }).waitFor();
	assert.equal(await page.getByRole('dialog').count(), 0);
	assert.equal(await statusOf('ben', `/api/photos/${photo.id}`), 200);
});

testBoth('the trash shows what, why and the time left, and restores', async (hands) => {
	const title = unique('Trashed');
	const photo = await addPhoto('ada', title);
	await deletePhoto('ada', photo, 'wrong colours');
	const page = await hands.browserOf('ada');
	await visit(page, '/trash');
	const entry = row(page, title);
	await entry.getByText('wrong colours').waitFor();
	assert.match(await entry.locator('time[data-until]').textContent(), /^(4 hours|3 h 59 min) left$/);
	assert.match(await entry.locator('time[data-until]').getAttribute('title'), /\d{4}/, 'the exact time on hover');
	const picture = entry.locator('img');
	assert.ok(await picture.evaluate((img) => { img.loading = 'eager'; return img.decode().then(() => true); }), 'its picture');
	await entry.getByRole('link', { name: title }).click();
	await page.getByText('1 photo,').waitFor();
	await page.getByRole('button', { name: 'Restore everything' }).click();
	await toast(page, 'Restored.');
	await visit(page, `/photos/${photo.id}`);
	assert.equal(await page.getByText('in the trash').count(), 0);
	await visit(page, '/trash');
	assert.equal(await row(page, title).count(), 0);
});

testBoth('a deleted photo opens by its address, and is restored there', async (hands) => {
	const title = unique('By address');
	const photo = await addPhoto('ada', title);
	await deletePhoto('ada', photo);
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}`);
	await page.getByText('This photo is in the trash').waitFor();
	await page.getByRole('button', { name: 'Restore' }).click();
	await toast(page, 'Restored.');
	assert.equal(await statusOf('ben', `/api/photos/${photo.id}`), 200);
});

testBoth('a derivative is deleted alone; its original stays', async (hands) => {
	const original = await addPhoto('ada', unique('Original'));
	const derivative = await addDerivative('ada', original, unique('Derivative'));
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${original.id}`);
	await page.getByRole('heading', { name: 'Made from it' }).waitFor();
	await page.locator(`.tile[data-key="${derivative.id}"] a.tile__name`).click();
	await page.waitForURL(`**/photos/${derivative.id}`);
	await page.getByRole('link', { name: 'Its original' }).waitFor();
	const question = await ask(hands, page, 'Delete…');
	await question.getByRole('button', { name: 'Delete' }).click();
	await toast(page, 'The photo is in the trash.');
	assert.equal(await statusOf('ben', `/api/photos/${original.id}`), 200);
	assert.equal(await statusOf('ben', `/api/photos/${derivative.id}`), 404);
	await visit(page, `/photos/${original.id}`);
	assert.equal(await page.getByRole('heading', { name: 'Made from it' }).count(), 0);
});

testBoth('an original goes with its derivatives and comes back with them, but not with what was deleted before', async (hands) => {
	const title = unique('Family');
	const original = await addPhoto('ada', title);
	const [first, second] = [await addDerivative('ada', original, `${title} a`), await addDerivative('ada', original, `${title} b`)];
	await deletePhoto('ada', first);
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${original.id}`);
	const question = await ask(hands, page, 'Delete…');
	await question.getByText('with its 1 derivative').waitFor();
	await question.getByRole('button', { name: 'Delete' }).click();
	await toast(page, 'The photo is in the trash.');
	assert.equal(await statusOf('ben', `/api/photos/${second.id}`), 404);
	await visit(page, '/trash');
	await row(page, title).filter({ hasText: '2 photos' }).getByRole('link', { name: title, exact: true }).click();
	await page.getByRole('heading', { name: 'Photos in it' }).waitFor();
	await page.getByRole('button', { name: 'Restore everything' }).click();
	await toast(page, 'Restored.');
	assert.equal(await statusOf('ben', `/api/photos/${original.id}`), 200);
	assert.equal(await statusOf('ben', `/api/photos/${second.id}`), 200);
	assert.equal(await statusOf('ben', `/api/photos/${first.id}`), 404, 'deleted before: stays deleted');
});

testBoth('several are selected and deleted in one act, and undone in one', async (hands) => {
	const word = unique('Many');
	const titles = ['a', 'b', 'c'].map((letter) => `${word}${letter}`);
	for (const title of titles) await addPhoto('ada', title);
	const page = await hands.browserOf('ada');
	await visit(page, '/?mine=true');
	for (const title of titles.slice(0, 2)) await page.getByLabel(`Select ${title}`).check();
	if (hands.scripts) await page.getByText('2 photos selected').waitFor();
	await page.getByRole('button', { name: 'Delete…' }).click();
	await page.getByRole('heading', { name: 'Delete 2 photos?' }).waitFor();
	await page.getByRole('button', { name: 'Delete 2 photos' }).click();
	await toast(page, '2 photos are in the trash.');
	assert.equal(await tile(page, word).count(), 1, 'exactly those selected');
	await page.getByRole('button', { name: 'Undo' }).click();
	await toast(page, 'everything is back');
	assert.equal(await tile(page, word).count(), 3);
});

testBoth('what could not be deleted with the rest is told, before and after', async (hands) => {
	const word = unique('Partly');
	const [one, other] = [await addPhoto('ada', `${word}a`), await addPhoto('ada', `${word}b`)];
	await addPhoto('ben', `${word}c`);
	const page = await hands.browserOf('ada');
	await visit(page, '/');
	for (const letter of 'abc') await page.getByLabel(`Select ${word}${letter}`).check();
	await page.getByRole('button', { name: 'Delete…' }).click();
	await page.getByRole('heading', { name: 'Delete 2 photos?' }).waitFor();
	await tile(page, `${word}c`).getByText('You may not do this to this photo.').waitFor();
	if (hands.scripts) await inspect(page, 'photos-delete-some');
	await deletePhoto('ada', one);
	await page.getByRole('button', { name: 'Delete 2 photos' }).click();
	await page.getByRole('heading', { name: 'Not all could be deleted' }).waitFor();
	await page.getByText('Deleted: 1 photo.').waitFor();
	if (hands.scripts) await inspect(page, 'photos-delete-results');
	assert.equal(await statusOf('ben', `/api/photos/${other.id}`), 404);
	await page.getByRole('button', { name: 'Undo' }).click();
	await toast(page, 'everything is back');
	assert.equal(await statusOf('ben', `/api/photos/${other.id}`), 200);
});

testBoth('several are archived, shown where one asks for them, and restored', async (hands) => {
	const word = unique('Aside');
	const titles = ['a', 'b'].map((letter) => `${word}${letter}`);
	for (const title of titles) await addPhoto('ada', title);
	const page = await hands.browserOf('ada');
	await visit(page, '/?mine=true');
	for (const title of titles) await page.getByLabel(`Select ${title}`).check();
	await page.getByRole('button', { name: 'Archive…' }).click();
	await page.getByRole('button', { name: 'Archive 2 photos' }).click();
	await toast(page, '2 photos were archived.');
	assert.equal(await tile(page, word).count(), 0);
	await page.getByLabel('Show archived').check();
	await page.getByRole('button', { name: 'Filter' }).click();
	await tile(page, titles[0]).getByText('Archived').waitFor();
	await visit(page, '/trash?tab=archived');
	assert.match(await row(page, titles[0]).locator('time[data-until]').textContent(), /^(30|29) (days|d \d+ h) left$/);
	await row(page, titles[0]).getByRole('button', { name: 'Restore' }).click();
	await page.locator('[data-toast]').waitFor();
	assert.equal(await statusOf('ben', (await page.url()).replace(/^.*(\/photos\/[^?]*).*$/, '/api$1')), 200);
});

testBoth('one photo is archived from its page and brought back', async (hands) => {
	const photo = await addPhoto('ada', unique('One aside'));
	const page = await hands.browserOf('ada');
	await visit(page, `/photos/${photo.id}`);
	const question = await ask(hands, page, 'Archive…');
	await question.getByLabel('Reason').fill('season over');
	await question.getByRole('button', { name: 'Archive' }).click();
	await toast(page, 'Archived.');
	await page.getByText('season over').waitFor();
	await page.getByRole('button', { name: 'Restore' }).click();
	await page.getByRole('link', { name: 'Archive…' }).waitFor();
});

testBoth('several archived photos come back together', async (hands) => {
	const photos = [await addPhoto('ada', unique('Back a')), await addPhoto('ada', unique('Back b'))];
	for (const photo of photos) await archivePhoto('ada', photo);
	const page = await hands.browserOf('ada');
	await visit(page, '/trash?tab=archived');
	for (const photo of photos) await page.getByLabel(`Select ${photo.title}`).check();
	await page.getByRole('button', { name: 'Restore selected' }).click();
	await toast(page, '2 items were restored.');
	await page.getByRole('link', { name: 'Archive', exact: true }).waitFor();
	for (const photo of photos) assert.equal(await statusOf('ben', `/api/photos/${photo.id}`), 200);
});

testBoth('some of what one deletion took come back alone', async (hands) => {
	const title = unique('Some');
	const original = await addPhoto('ada', title);
	const derivative = await addDerivative('ada', original, `${title} derivative`);
	const { deletion_id: id } = await deletePhoto('ada', original);
	const page = await hands.browserOf('ada');
	await visit(page, `/trash/${id}`);
	await page.locator(`input[value="${original.id}"]`).check();
	await page.getByRole('button', { name: 'Restore selected' }).click();
	await toast(page, 'Restored.');
	assert.equal(await statusOf('ben', `/api/photos/${original.id}`), 200);
	assert.equal(await statusOf('ben', `/api/photos/${derivative.id}`), 404);
});

test('all on a page are selected at once, and the bar shows only with a selection', async (hands) => {
	await addPhoto('ada', unique('All'));
	const page = await hands.browserOf('ada');
	await visit(page, '/?mine=true');
	const bar = page.locator('[data-bar]');
	assert.equal(await bar.isVisible(), false, 'no selection, no bar');
	await page.locator('.tile__select input').first().check();
	await page.getByLabel('Select all on this page').check();
	const count = await page.locator('.tile').count();
	await page.getByText(new RegExp(`^${count} photos? selected$`)).waitFor();
	await page.getByLabel('Select all on this page').uncheck();
	assert.equal(await bar.isVisible(), false);
});

test('on the way back from a question the selection is as it was, with its bar', async (hands) => {
	const title = unique('Thought better');
	await addPhoto('ada', title);
	const page = await hands.browserOf('ada');
	await visit(page, '/?mine=true');
	await page.getByLabel(`Select ${title}`).check();
	await page.getByRole('button', { name: 'Delete…' }).click();
	await page.getByRole('heading', { name: 'Delete 1 photo?' }).waitFor();
	await page.goBack();
	await page.getByText('1 photo selected').waitFor();
	assert.equal(await page.getByLabel(`Select ${title}`).isChecked(), true);
});

testBoth('an admin deletes a member\'s photo under the admin\'s own name', async (hands) => {
	const title = unique('Overridden');
	const photo = await addPhoto('ada', title);
	const page = await hands.browserOf('admin');
	await visit(page, `/photos/${photo.id}`);
	const question = await ask(hands, page, 'Delete…');
	await question.getByLabel('Reason').fill('shows a number plate');
	await question.getByRole('button', { name: 'Delete' }).click();
	await toast(page, 'The photo is in the trash.');
	await visit(page, '/trash');
	await row(page, title).getByText('shows a number plate').waitFor();
	const [entry] = await auditOf('admin', { action: 'photo.delete', item_id: photo.id });
	const me = await auditOf('admin', { action: 'session.login', actor: entry.actor });
	assert.ok(me.length > 0, 'the entry names the admin');
	assert.equal(await statusOf('ada', `/api/photos/${photo.id}`), 404, 'what an admin deleted is not its owner\'s to see');
});

testBoth('a photo of others has no button to delete it, and its form is refused', async (hands) => {
	const photo = await addPhoto('ada', unique('Not yours'));
	const page = await hands.browserOf('ben');
	await visit(page, `/photos/${photo.id}`);
	assert.equal(await page.getByRole('link', { name: 'Delete…' }).count(), 0);
	await visit(page, `/photos/${photo.id}/delete`, 403);
	await page.getByRole('link', { name: 'Library' }).first().waitFor();
});

testBoth('what is archived and then deleted forever by an admin leaves the trash', async (hands) => {
	const photo = await addPhoto('ada', unique('Archive end'));
	await archivePhoto('ada', photo);
	const page = await hands.browserOf('admin');
	await visit(page, '/trash?tab=archived');
	await page.locator(`tr[data-key="${photo.id}"]`).getByRole('link', { name: 'Delete forever…' }).click();
	await page.getByRole('link', { name: 'Cancel' }).click();
	await page.getByRole('heading', { name: photo.title }).waitFor();
	await gone(page.getByRole('dialog'));
});

await run();
