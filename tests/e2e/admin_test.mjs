/* Pages of admins: the trail and its exports, the storage queue, and who may not see them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { toast, until, visit } from './support/browser.mjs';
import { addPhoto, address, deletePhoto, sql, unique, work } from './support/site.mjs';
import { run, testBoth } from './support/suite.mjs';

const rows = (page) => page.locator('tbody tr');

async function download(page, name) {
	const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
	return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

testBoth('the trail is filtered by action, item and time', async (hands) => {
	const photo = await addPhoto('ada', unique('On record'));
	await deletePhoto('ada', photo, 'for the record');
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/audit');
	await page.getByLabel('Action').fill('photo.delete');
	await page.getByLabel('Item').fill(photo.id);
	await page.getByRole('button', { name: 'Filter' }).click();
	await page.waitForURL(/action=photo\.delete/);
	assert.equal(await rows(page).count(), 1);
	assert.equal(await page.getByLabel('Item').inputValue(), photo.id, 'the filter stays in its fields');
	await rows(page).getByText('for the record').waitFor();
	await page.getByLabel('Action').fill('');
	await page.getByRole('button', { name: 'Filter' }).click();
	await rows(page).filter({ hasText: 'photo.create' }).waitFor();
	assert.equal(await rows(page).count(), 2, 'all about this item');
	await page.getByLabel('From').fill('2001-01-01');
	await page.getByLabel('Before').fill('2001-02-01');
	await page.getByRole('button', { name: 'Filter' }).click();
	await page.getByText('No entry matches.').waitFor();
	await page.getByRole('link', { name: 'Show the whole trail' }).click();
	await rows(page).first().waitFor();
	assert.ok((await rows(page).count()) > 2);
});

testBoth('a time that is none is refused, and the fields stay', async (hands) => {
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/audit');
	await page.getByLabel('From').fill('yesterday');
	await page.getByLabel('Action').fill('photo.delete');
	await page.getByRole('button', { name: 'Filter' }).click();
	await page.getByRole('alert').filter({ hasText: 'From must be a time' }).waitFor();
	assert.equal(await page.getByLabel('Action').inputValue(), 'photo.delete');
	assert.equal(await page.getByLabel('From').inputValue(), 'yesterday');
});

testBoth('the trail is exported as it is filtered', async (hands) => {
	const photo = await addPhoto('ada', unique('Exported'));
	await deletePhoto('ada', photo, 'a "quoted", reason');
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/audit?item_id=${photo.id}`);
	const csv = await download(page, 'Export CSV');
	assert.equal(csv.name, 'audit.csv');
	const lines = csv.text.trim().split(/\r?\n/);
	assert.equal(lines.length, 3, 'a heading and two entries');
	assert.ok(csv.text.includes('"a ""quoted"", reason"'), csv.text);
	const jsonl = await download(page, 'Export JSON Lines');
	const entries = jsonl.text.trim().split('\n').map((line) => JSON.parse(line));
	assert.deepEqual(entries.map(({ action }) => action).sort(), ['photo.create', 'photo.delete']);
});

testBoth('a long trail is read page by page, by address', async (hands) => {
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/audit');
	while (!(await page.getByRole('link', { name: 'Next page' }).count())) {
		for (let n = 0; n < 10; n++) await deletePhoto('ada', await addPhoto('ada', unique('Long')));
		await page.reload();
	}
	const first = await rows(page).first().getAttribute('data-key');
	await page.getByRole('link', { name: 'Next page' }).click();
	await page.waitForURL(/cursor=/);
	assert.notEqual(await rows(page).first().getAttribute('data-key'), first);
	await page.getByRole('link', { name: 'First page' }).click();
	await page.waitForURL((url) => !url.searchParams.has('cursor'));
});

testBoth('a removal that failed is shown first, and retried', async (hands) => {
	const digits = unique('').replace(/\D/g, '').padStart(12, '0').slice(-12);
	const id = `0199cccc-0000-7000-8000-${digits}`;
	const key = `${digits.slice(-4, -2)}/${digits.slice(-2)}/${id}`;
	sql(`INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes, state, attempts, next_attempt_at, last_error, created_at)
		SELECT UNHEX('${id.replaceAll('-', '')}'), organization_id, '${key}', 1000, 'failed', 10, UTC_TIMESTAMP(6),
		'The object store is down.', UTC_TIMESTAMP(6) FROM users WHERE email = '${address('admin')}'`);
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/storage');
	const row = page.locator(`tr[data-key="${id}"]`);
	await row.getByText('failed').waitFor();
	await row.getByText('The object store is down.').waitFor();
	await row.getByRole('button', { name: 'Retry' }).click();
	await toast(page, 'It will be tried again right away.');
	/* What is already absent counts as removed. */
	work();
	await until('it is removed', async () => {
		if (!hands.scripts) await page.reload();
		return (await row.count()) === 0;
	});
});

testBoth('members are told that this is for admins, and led on', async (hands) => {
	const page = await hands.browserOf('ada');
	for (const path of ['/admin/audit', '/admin/storage', '/admin/audit/export?format=csv']) {
		await visit(page, path, 403);
		await page.getByRole('main').getByRole('link', { name: 'Library' }).waitFor();
	}
	await visit(page, '/');
	assert.equal(await page.getByRole('link', { name: 'Audit trail' }).count(), 0);
});

testBoth('another organisation\'s admin sees none of it', async (hands) => {
	const photo = await addPhoto('ada', unique('Ours'));
	const { deletion_id: id } = await deletePhoto('ada', photo);
	const page = await hands.browserOf('birch');
	await visit(page, `/admin/audit?item_id=${photo.id}`);
	await page.getByText('No entry matches.').waitFor();
	for (const path of [`/photos/${photo.id}`, `/photos/${photo.id}/file`, `/photos/${photo.id}/permanent`, `/trash/${id}`])
		await visit(page, path, 404);
});

await run();
