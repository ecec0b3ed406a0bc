/* Deleting forever: source 4, and photos by an admin with the password once more. */
import assert from 'node:assert/strict';

import { toast, until, visit } from './support/browser.mjs';
import { PASSWORD, addDerivative, addPhoto, auditOf, call, contentOf, deletePhoto, keysOf, objectsGone, statusOf,
	unique, work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const row = (page, id) => page.locator(`tr[data-key="${id}"]`);

/* Type a word past the browser's own check, so that the server's is seen. */
async function typeAndSend(page, scope, word) {
	await scope.getByLabel('Type DELETE to confirm').fill(word);
	await scope.locator('form', { has: page.getByLabel('Type DELETE to confirm') }).evaluate((form) => { form.noValidate = true; });
	await scope.getByRole('button', { name: 'Delete forever' }).click();
}

for (const type of ['quests', 'adventures'])
	testBoth(`a creator archives and restores: ${type}`, async (hands) => {
		const item = await contentOf('creator', type, 'published');
		const page = await hands.browserOf('creator');
		await visit(page, '/content?status=published');
		await row(page, item.id).getByRole('button', { name: 'Archive' }).click();
		await toast(page, 'Archived.');
		await row(page, item.id).getByText('was published').waitFor();
		await row(page, item.id).getByRole('button', { name: 'Restore' }).click();
		await toast(page, 'Restored.');
		await row(page, item.id).locator('.badge', { hasText: 'published' }).waitFor();
	});

async function toQuestion(hands, page, item) {
	await visit(page, '/content?status=archived');
	await row(page, item.id).getByRole('link', { name: 'Delete forever…' }).click();
	if (!hands.scripts) return page.locator('main');
	await page.getByRole('dialog').waitFor();
	return page.getByRole('dialog');
}

testBoth('what is archived is deleted forever by the typed word, and by no other', async (hands) => {
	const item = await contentOf('creator', 'quests', 'archived');
	const page = await hands.browserOf('creator');
	const question = await toQuestion(hands, page, item);
	await question.getByText('There is no way back').waitFor();
	await typeAndSend(page, question, 'delete');
	await page.getByRole('alert').waitFor();
	await page.getByRole('heading', { name: item.title }).waitFor();
	await typeAndSend(page, page.locator('main'), 'DELETE');
	await toast(page, 'Deleted forever.');
	assert.equal(await row(page, item.id).count(), 0);
	await until('an audit entry', async () => (await auditOf('admin', { item_id: item.id })).length > 0);
	await until('the row is gone', async () => {
		const { document } = await call('creator', 'GET', '/api/creator/content?content_type=quests&limit=200');
		return document.items.every(({ id }) => id !== item.id);
	});
});

test('the browser itself refuses a wrong word', async (hands) => {
	const item = await contentOf('creator', 'adventures', 'archived');
	const page = await hands.browserOf('creator');
	const question = await toQuestion(hands, page, item);
	await question.getByLabel('Type DELETE to confirm').fill('delete');
	await question.getByRole('button', { name: 'Delete forever' }).click();
	assert.equal(await question.getByLabel('Type DELETE to confirm').evaluate((input) => input.matches(':invalid')), true);
	await page.keyboard.press('Escape');
	assert.equal(await row(page, item.id).count(), 1);
});

testBoth('what is not archived cannot be deleted forever', async (hands) => {
	const item = await contentOf('creator', 'quests', 'published');
	const page = await hands.browserOf('creator');
	await visit(page, '/content?status=published');
	assert.equal(await row(page, item.id).getByRole('link', { name: 'Delete forever…' }).count(), 0);
	await page.goto(`/content/quests/${item.id}/permanent`);
	if (await page.getByLabel('Type DELETE to confirm').count()) {
		await typeAndSend(page, page.locator('main'), 'DELETE');
		await page.getByText(/archived/).first().waitFor();
	}
	const left = await call('creator', 'GET', '/api/creator/content?content_type=quests&status=published&limit=200');
	assert.ok(left.document.items.some(({ id }) => id === item.id), 'still there');
});

testBoth('what another makes meanwhile wins: restored before the word was sent', async (hands) => {
	const item = await contentOf('creator', 'adventures', 'archived');
	const page = await hands.browserOf('creator');
	const question = await toQuestion(hands, page, item);
	const restored = await call('creator', 'POST', '/api/creator/restore', { content_id: item.id, content_type: 'adventures' });
	assert.equal(restored.status, 200);
	await typeAndSend(page, question, 'DELETE');
	await page.getByText(/archived/).first().waitFor();
	assert.equal((await contentOf('creator', 'adventures', restored.document.publishing_status)).id.length, 36);
	const again = await call('creator', 'POST', '/api/creator/archive', { content_id: item.id, content_type: 'adventures' });
	assert.equal(again.status, 200, 'it is still there to be archived again');
});

testBoth('an admin deletes a photo forever: word, password, then rows and files are gone', async (hands) => {
	const title = unique('Forever');
	const photo = await addPhoto('ada', title);
	const derivative = await addDerivative('ada', photo, `${title} derivative`);
	const keys = [...keysOf(photo), ...keysOf(derivative)];
	await deletePhoto('ada', photo);
	const page = await hands.browserOf('admin');
	await visit(page, '/trash');
	await page.locator('tr[data-key]', { hasText: title }).getByRole('link', { name: 'Delete forever…' }).click();
	await page.getByRole('heading', { name: `Delete “${title}” forever?` }).waitFor();
	await typeAndSend(page, page.locator('main'), 'Delete');
	await page.getByRole('alert').waitFor();
	await page.getByLabel('Reason').fill('court order');
	await typeAndSend(page, page.locator('main'), 'DELETE');

	await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
	await page.getByLabel('Password').fill('not the password');
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
	await page.getByRole('alert').waitFor();
	assert.equal(await statusOf('ada', `/api/photos/${photo.id}`), 200, 'nothing has happened yet');
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
	await toast(page, 'Deleted forever.');
	assert.equal(await page.locator('tr[data-key]', { hasText: title }).count(), 0);
	const reasons = (await auditOf('admin', { item_id: photo.id })).map(({ reason }) => reason);
	assert.ok(reasons.includes('court order'), 'the form was kept: its reason is in the trail');
	work();
	await until('rows gone', async () => (await statusOf('admin', `/api/photos/${photo.id}`)) === 404);
	await until('files gone', () => objectsGone(keys));
});

testBoth('cancelling at the password deletes nothing and leads back', async (hands) => {
	const photo = await addPhoto('ada', unique('Doubt'));
	await deletePhoto('ada', photo);
	const page = await hands.browserOf('admin');
	await visit(page, `/photos/${photo.id}/permanent`);
	await typeAndSend(page, page.locator('main'), 'DELETE');
	await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
	await page.getByRole('link', { name: 'Cancel' }).click();
	await page.getByLabel('Type DELETE to confirm').waitFor();
	assert.equal(await statusOf('ada', `/api/photos/${photo.id}`), 200);
});

testBoth('a member cannot delete a photo forever', async (hands) => {
	const photo = await addPhoto('ada', unique('Member'));
	await deletePhoto('ada', photo);
	const page = await hands.browserOf('ada');
	await visit(page, '/trash');
	assert.equal(await page.getByRole('link', { name: 'Delete forever…' }).count(), 0);
	await visit(page, `/photos/${photo.id}/permanent`, 403);
});

await run();
