/* The dashboard as an admin meets it: what is overdue comes first, every figure is there, and it stays true. */
import assert from 'node:assert/strict';

import { until, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { addPhoto, call, deletePhoto, sql, unique, work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const section = (page, name) => page.getByRole('region', { name, exact: true });
const figure = (page, name) => page.locator('.figures > li', { hasText: name }).locator('.figures__value');
const row = (page, region, name) => section(page, region).locator('tbody tr', { hasText: name });

test('the overview shows every figure, what is overdue first', async (hands) => {
	work();
	const page = await hands.browserOf('admin');
	await visit(page, '/admin');
	await inspect(page, 'dashboard');
	await inspectLarge(page, 'dashboard');
	const headings = await page.locator('h2').allInnerTexts();
	assert.deepEqual(headings, ['Overdue work', 'Soonest to close', 'Photos and space', 'Deletions and purges per day',
		'Restored against purged', 'Requests by person', 'Queues', 'Latest entries of the trail', 'All pages']);
	await section(page, 'Overdue work').getByText(/request.* overdue/).waitFor();
	await section(page, 'Overdue work').getByText(/could not be removed/).waitFor();
	for (const name of ['Pending requests', 'Recoverable now', 'Deleted', 'Purged', 'Failed cleanups'])
		assert.match(await figure(page, name).first().innerText(), /^[1-9]/, `the demo has ${name}`);
	assert.equal(await section(page, 'Deletions and purges per day').locator('svg[role=img] rect').count(), 60);
	await page.getByText('The same as a table').click();
	assert.equal(await section(page, 'Deletions and purges per day').locator('tbody tr').count(), 30);
	await inspect(page, 'dashboard-table');
	await page.getByRole('link', { name: 'Look at the storage queue' }).click();
	await page.getByRole('heading', { name: 'Storage cleanup' }).waitFor();
});

testBoth('a deletion shows at once, and its restore', async (hands) => {
	const title = unique('Counted');
	const photo = await addPhoto('admin', title);
	const page = await hands.browserOf('admin');
	await visit(page, '/admin');
	const before = Number(await figure(page, 'Deleted').innerText());
	const { deletion_id: id } = await deletePhoto('admin', photo);
	if (!hands.scripts) await page.reload();
	await until('it is counted', async () => Number(await figure(page, 'Deleted').innerText()) > before);
	const restored = Number(await row(page, 'Restored against purged', '30 days').locator('td').first().innerText());
	assert.equal((await call('admin', 'POST', `/api/deletions/${id}/restore`)).status, 200);
	if (!hands.scripts) await page.reload();
	await until('its restore is counted',
		async () => Number(await row(page, 'Restored against purged', '30 days').locator('td').first().innerText()) > restored);
});

test('that purging is paused is said', async (hands) => {
	const page = await hands.browserOf('admin');
	sql("UPDATE installation SET purge_paused_at = '2026-01-01', purge_paused_by = 'operator' WHERE id = 1");
	try {
		await visit(page, '/admin');
		await section(page, 'Overdue work').getByText('Purging is paused').waitFor();
		await inspect(page, 'dashboard-paused');
		const { document } = await call('admin', 'GET', '/api/admin/stats');
		assert.equal(document.purge_paused_at, '2026-01-01T00:00:00.000000Z');
	} finally {
		sql('UPDATE installation SET purge_paused_at = NULL, purge_paused_by = NULL WHERE id = 1');
	}
});

test('an organisation where nothing happened', async (hands) => {
	const page = await hands.browserOf('birch');
	await visit(page, '/admin');
	await section(page, 'Overdue work').getByText('Nothing is overdue').waitFor();
	await section(page, 'Requests by person').getByText('Nobody has asked').waitFor();
	await inspect(page, 'dashboard-quiet');
});

await run();
