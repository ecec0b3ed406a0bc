/* Deleting projects, sites, albums and organisations: what the page says beforehand is what then happens,
 * and taking it back gives back exactly that. */
import assert from 'node:assert/strict';

import { gone, toast, until, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { PASSWORD, addDerivative, addPhoto, bytesOf, call, placeOf, sharePhoto, sql, unique, work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

/* A project with three photos, one of them a derivative, and one that had been deleted before. */
async function makeProject(name) {
	const id = placeOf('admin', 'projects', name);
	const first = await addPhoto('ada', unique('First'), { project_id: id, tags: 'kept, with it' });
	const small = await addDerivative('ada', first, unique('Small'));
	const second = await addPhoto('ben', unique('Second'), { project_id: id });
	const before = await addPhoto('ben', unique('Gone before'), { project_id: id });
	await call('ben', 'DELETE', `/api/photos/${before.id}`);
	return { id, first, small, second, before };
}

async function photo(who, { id }) {
	return (await call(who, 'GET', `/api/photos/${id}`)).document;
}

async function confirm(page, choice, name) {
	await page.getByRole('radio', { name: choice }).check();
	await page.getByLabel('Type its name to confirm').fill(name);
	await page.getByRole('button', { name: 'Delete the project' }).click();
}

const ways = [
	{
		choice: /^Keep the photos/,
		says: '3 photos stay in the library without this project',
		went: '1 project',
		photos: '3 photos kept in the library',
		async holds({ first, small, second }) {
			for (const one of [first, small, second]) {
				const { project_id: project, deleted_at: deleted, archived_at: archived } = await photo('ben', one);
				assert.deepEqual([project, deleted, archived], [null, null, null]);
			}
		},
	},
	{
		choice: /^Archive the photos/,
		says: '3 photos leave the galleries and stay in the archive until',
		went: '1 project',
		photos: '3 photos archived',
		async holds({ first, second }) {
			const mine = await photo('ada', first);
			assert.ok(mine.archived_at && !mine.deleted_at);
			assert.equal((await call('ada', 'GET', `/api/photos/${second.id}`)).status, 404, 'an archived photo of another');
		},
	},
	{
		choice: /^Delete the photos/,
		says: '3 photos (',
		went: '3 photos, 1 project',
		photos: null,
		async holds({ first, second }) {
			for (const one of [first, second]) {
				assert.equal((await call('ada', 'GET', `/api/photos/${one.id}`)).status, 404);
				assert.ok((await photo('admin', one)).deleted_at);
			}
		},
	},
];

for (const [number, way] of ways.entries())
	testBoth(`a project is deleted, way ${number + 1}, and comes back whole`, async (hands) => {
		const name = unique('Orchard “north” & <south>');
		const made = await makeProject(name);
		const share = await sharePhoto('ada', made.first);
		const page = await hands.browserOf('admin');
		await visit(page, '/admin/projects');
		await page.locator(`tr[data-key="${made.id}"]`).getByRole('link', { name: 'Delete…' }).click();
		await page.getByRole('heading', { name: `Delete “${name}”?` }).waitFor();
		const said = await page.locator('.choice', { has: page.getByRole('radio', { name: way.choice }) }).innerText();
		assert.ok(said.includes(way.says), `${said} says ${way.says}`);
		if (hands.scripts && number === 0) {
			await inspect(page, 'project-delete');
			await inspectLarge(page, 'project-delete');
		}
		await confirm(page, way.choice, `${name} not`);
		await page.getByRole('alert').getByText('Type the name of the project').waitFor();
		assert.ok(await page.getByRole('radio', { name: way.choice }).isChecked(), 'the choice is kept');
		if (hands.scripts && number === 0) await inspect(page, 'project-delete-refused');
		await confirm(page, way.choice, name);
		await toast(page, 'The project is in the trash.');
		await page.getByText(way.went, { exact: way.photos !== null }).first().waitFor();
		if (way.photos) await page.getByText(way.photos).first().waitFor();
		if (hands.scripts) await inspect(page, `deletion-of-project-${number + 1}`);
		await way.holds(made);
		const visitor = await hands.visitor();
		await visit(visitor, `/s/${share.token}`, number === 0 ? 200 : 410);

		await page.getByRole('button', { name: 'Restore everything' }).click();
		await toast(page, 'Restored.');
		for (const one of [made.first, made.small, made.second]) {
			const { project_id: project, deleted_at: deleted, archived_at: archived } = await photo('ben', one);
			assert.deepEqual([project, deleted, archived], [made.id, null, null]);
		}
		assert.deepEqual((await photo('ada', made.first)).tags, ['kept', 'with it']);
		assert.ok((await photo('ben', made.before)).deleted_at, 'what had been deleted before stays in the trash');
		await visit(visitor, `/s/${share.token}`, number === 0 ? 200 : 410);
		await visit(page, '/admin/projects');
		await page.locator(`tr[data-key="${made.id}"]`).waitFor();
	});

/* The first number of photos in a text. */
function photosIn(text) {
	return Number(/([0-9][0-9,]*) photos?/.exec(text)[1].replace(',', ''));
}

/* What a deletion has done to photos, by the rows: deleted, archived, taken out of the container. */
function touched(id) {
	const deletion = bytesOf(id);
	return sql(`SELECT CONCAT_WS(' ', (SELECT COUNT(*) FROM photos WHERE deletion_id = ${deletion}),
		(SELECT COUNT(*) FROM photos WHERE archive_batch_id = ${deletion}),
		(SELECT COUNT(*) FROM deletion_effects WHERE deletion_id = ${deletion} AND effect = 'orphaned'))`);
}

for (const kind of ['project', 'site'])
	for (const [number, way] of ways.entries())
		test(`what is said of deleting a ${kind}, way ${number + 1}, is what happens and is taken back`, async (hands) => {
			const name = unique(`Numbers of a ${kind}`);
			const id = placeOf('admin', `${kind}s`, name);
			for (const who of ['ada', 'ben', 'ada', 'ben', 'ada']) await addPhoto(who, unique('Counted'), { [`${kind}_id`]: id });
			const first = await addPhoto('ada', unique('With a derivative'), { [`${kind}_id`]: id });
			await addDerivative('ada', first, unique('Derivative'));
			const inside = () => sql(`SELECT COUNT(*) FROM photos WHERE ${kind}_id = ${bytesOf(id)} AND shelf = 0`);
			const action = ['orphan', 'archive', 'delete'][number];
			const { document: api } = await call('admin', 'GET', `/api/${kind}s/${id}/impact?photo_action=${action}`);
			const page = await hands.browserOf('admin');
			await visit(page, `/admin/${kind}s/${id}/delete`);
			const said = await page.locator('.choice', { has: page.getByRole('radio', { name: way.choice }) }).innerText();
			assert.equal(photosIn(said), 7);
			assert.equal(api.counts.photo, 7, 'the API says the same');
			await page.getByRole('radio', { name: way.choice }).check();
			await page.getByLabel('Type its name to confirm').fill(name);
			await page.getByRole('button', { name: `Delete the ${kind}` }).click();
			await toast(page, `The ${kind} is in the trash.`);
			const deletion = new URL(page.url()).pathname.split('/').pop();
			assert.equal(photosIn(await page.locator('main').innerText()), 7, 'the deletion says the same');
			assert.equal(touched(deletion), ['0 0 7', '0 7 0', '7 0 0'][number], 'the rows say the same');
			const { document: made } = await call('admin', 'GET', `/api/deletions/${deletion}`);
			assert.deepEqual([made.counts, made.bytes], [api.counts, api.bytes]);
			await page.getByRole('button', { name: 'Restore everything' }).click();
			await toast(page, 'Restored.');
			assert.equal(touched(deletion), '0 0 0');
			assert.equal(inside(), '7');
		});

test('a deletion is undone from the toast', async (hands) => {
	const name = unique('Undone');
	const { id, first } = await makeProject(name);
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/projects/${id}/delete`);
	await confirm(page, /^Delete the photos/, name);
	await page.locator('[data-toast]').getByRole('button', { name: 'Undo' }).click();
	await toast(page, 'Undone');
	assert.equal((await photo('ben', first)).project_id, id);
});

testBoth('an album is deleted by who made it, and its photos stay', async (hands) => {
	const name = unique('Summer');
	const album = placeOf('ada', 'albums', name);
	const held = await addPhoto('ben', unique('In the album'));
	sql(`INSERT INTO album_photos VALUES (${bytesOf(album)}, ${bytesOf(held.id)}, 0)`);
	const other = await hands.browserOf('ben');
	await visit(other, '/albums');
	assert.equal(await other.locator(`tr[data-key="${album}"]`).getByRole('link', { name: 'Delete…' }).count(), 0);
	await visit(other, `/albums/${album}/delete`, 403);
	const page = await hands.browserOf('ada');
	await visit(page, '/albums');
	await page.locator(`tr[data-key="${album}"]`).getByRole('link', { name: 'Delete…' }).click();
	await page.getByRole('heading', { name: `Delete “${name}”?` }).waitFor();
	if (hands.scripts) await inspect(page, 'album-delete-dialog');
	await page.getByText('Its photos stay where they are.').waitFor();
	await page.getByRole('button', { name: 'Delete the album' }).click();
	await toast(page, 'The album is in the trash.');
	assert.deepEqual((await photo('ben', held)).album_ids, []);
	await page.getByRole('button', { name: 'Restore everything' }).click();
	await toast(page, 'Restored.');
	assert.deepEqual((await photo('ben', held)).album_ids, [album]);
});

testBoth('a site is deleted, and its address is taken when it is to come back', async (hands) => {
	const name = unique('Farm shop');
	const site = placeOf('admin', 'sites', name);
	await addPhoto('ada', unique('On the site'), { site_id: site });
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/sites/${site}/delete`);
	if (hands.scripts) await inspect(page, 'site-delete');
	await page.getByRole('radio', { name: /^Delete the photos/ }).check();
	await page.getByLabel('Type its name to confirm').fill(name);
	await page.getByRole('button', { name: 'Delete the site' }).click();
	await toast(page, 'The site is in the trash.');
	const address = page.url();
	const other = placeOf('admin', 'sites', unique('Another'));
	sql(`UPDATE sites SET slug = '${site}' WHERE id = ${bytesOf(other)}`);
	await page.getByRole('button', { name: 'Restore everything' }).click();
	await page.getByRole('link', { name: 'Look at the sites' }).waitFor();
	if (hands.scripts) await inspect(page, 'error-409-slug');
	sql(`UPDATE sites SET slug = '${other}' WHERE id = ${bytesOf(other)}`);
	await visit(page, new URL(address).pathname);
	await page.getByRole('button', { name: 'Restore everything' }).click();
	await toast(page, 'Restored.');
});

/* More than one step: the answer comes at once, and the open page follows the worker. */
test('a large project shows how far its deletion is', async (hands) => {
	const name = unique('Large');
	const id = placeOf('admin', 'projects', name);
	const rows = 4500;
	sql(`INSERT INTO photos (id, organization_id, uploader_id, project_id, title, status, bytes, created_at)
		SELECT UNHEX(CONCAT('0199cccc', LPAD(HEX(seq), 8, '0'), SUBSTR(HEX(${bytesOf(id)}), 17))), u.organization_id, u.id, ${bytesOf(id)},
		CONCAT('Photo ', seq), 'approved', 100, UTC_TIMESTAMP(6) FROM seq_1_to_${rows}, users u WHERE u.email = 'ada@alder.example'`);
	const page = await hands.browserOf('admin');
	await visit(page, `/admin/projects/${id}/delete`);
	await page.getByText('More than 500 photos stay in the library').waitFor();
	if (hands.scripts) {
		await inspect(page, 'project-delete-many');
		await inspectLarge(page, 'project-delete-many');
	}
	await page.getByRole('link', { name: 'Count exactly' }).click();
	await page.getByText('4,500 photos stay in the library').waitFor();
	await confirm(page, /^Delete the photos/, name);
	await toast(page, 'The project is in the trash.');
	assert.equal((await call('ada', 'GET', `/api/photos?project_id=${id}`)).document.items.length, 0, 'hidden at once');
	if (await page.getByRole('progressbar').count()) await inspect(page, 'deletion-marking');
	work();
	await gone(page.getByRole('progressbar'));
	await page.getByText('4,500 photos, 1 project').first().waitFor();
	await page.getByText('In the trash').first().waitFor();
	await page.getByRole('button', { name: 'Restore everything' }).click();
	await toast(page, 'Restored.');
	work();
	await until('all are back', async () => sql(`SELECT COUNT(*) FROM photos WHERE project_id = ${bytesOf(id)} AND deleted_at IS NULL`) === String(rows));
	await gone(page.getByRole('progressbar'));
	await page.getByText('Restored', { exact: true }).first().waitFor();
});

testBoth('an organisation is deleted in three steps, and restored', async (hands) => {
	const name = unique('Elm House');
	const id = placeOf('admin', 'projects', 'unused').replace(/^......../, '0199dddd');
	const email = `one-${id}@elm.example`;
	sql(`INSERT INTO organizations SET id = ${bytesOf(id)}, name = '${name}', created_at = UTC_TIMESTAMP(6)`);
	sql(`INSERT INTO users (id, organization_id, email, display_name, role, password_hash, created_at)
		SELECT ${bytesOf(id)}, ${bytesOf(id)}, '${email}', 'Elma', 'admin', password_hash, UTC_TIMESTAMP(6) FROM users WHERE email = 'ada@alder.example'`);
	sql(`INSERT INTO photos (id, organization_id, uploader_id, title, status, bytes, created_at, archived_at, purge_after)
		SELECT UNHEX(CONCAT('0199eeee', LPAD(HEX(seq), 8, '0'), SUBSTR(HEX(${bytesOf(id)}), 17))), ${bytesOf(id)}, ${bytesOf(id)},
		CONCAT('Photo ', seq), 'approved', 1000, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), '2100-01-01' FROM seq_1_to_12`);
	const page = await hands.browserOf('platform', { own: true });
	await visit(page, '/admin/organizations');
	if (hands.scripts) {
		await inspect(page, 'organizations');
		await inspectLarge(page, 'organizations');
	}
	const row = page.locator(`tr[data-key="${id}"]`);
	await row.getByRole('button', { name: 'Act for it' }).click();
	await toast(page, 'You act for this organisation from now on.');
	await row.getByText('You act for it').waitFor();
	await page.getByRole('link', { name: `for ${name}` }).waitFor();
	await row.getByRole('link', { name: 'Delete…' }).click();
	await page.getByText('Step 1 of 3').waitFor();
	await page.getByText('12 photos, 1 person, 1 organisation').waitFor();
	await page.getByText('12 kB').waitFor();
	if (hands.scripts) await inspect(page, 'organization-delete-1');
	await page.getByRole('link', { name: 'Go on' }).click();
	await page.getByText('Step 2 of 3').waitFor();
	if (hands.scripts) await inspect(page, 'organization-delete-2');
	await page.getByLabel('Type its name to confirm').fill(name);
	await page.getByRole('button', { name: 'Delete the organisation' }).click();
	await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
	await toast(page, 'The organisation is in the trash; its people are signed out.');
	assert.equal(sql(`SELECT CONCAT_WS(' ', photo_count, user_count, organization_count, bytes) FROM deletions WHERE item_id = ${bytesOf(id)}`), '12 1 1 12000');
	assert.equal(sql(`SELECT COUNT(*) FROM photos WHERE organization_id = ${bytesOf(id)} AND deleted_at IS NOT NULL`), '12');
	if (hands.scripts) await inspect(page, 'organizations-deleted');
	assert.equal(await page.getByRole('link', { name: `for ${name}` }).count(), 0, 'acts for their own again');
	const person = await hands.visitor();
	await visit(person, '/login');
	await person.getByLabel('E-mail address').fill(email);
	await person.getByLabel('Password').fill(PASSWORD);
	await person.getByRole('button', { name: 'Sign in' }).click();
	await person.getByRole('alert').waitFor();
	await page.getByRole('button', { name: `Restore ${name}` }).click();
	await toast(page, 'Restored.');
	await row.getByRole('button', { name: 'Act for it' }).waitFor();
	assert.equal(sql(`SELECT COUNT(*) FROM photos WHERE organization_id = ${bytesOf(id)} AND deleted_at IS NULL`), '12');
	await person.getByLabel('Password').fill(PASSWORD);
	await person.getByRole('button', { name: 'Sign in' }).click();
	await person.waitForURL((url) => url.pathname === '/');
});

testBoth('photos are archived by what they have in common, after seeing how many', async (hands) => {
	const project = placeOf('admin', 'projects', unique('Season'));
	const tag = unique('drone');
	const fits = await addPhoto('ada', unique('Fits'), { project_id: project, tags: `${tag}, wide` });
	const not = await addPhoto('ben', unique('Fits not'), { project_id: project });
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/photos');
	await page.getByRole('link', { name: 'Archive by criteria…' }).click();
	if (hands.scripts) await inspect(page, 'archive');
	await page.getByLabel('Project').selectOption(project);
	await page.getByLabel('Tags').fill(`${tag}, wide`);
	await page.getByRole('button', { name: 'See how many' }).click();
	await page.getByRole('heading', { name: 'Archive 1 photo?' }).waitFor();
	if (hands.scripts) {
		await inspect(page, 'archive-preview');
		await inspectLarge(page, 'archive-preview');
	}
	assert.equal((await photo('ada', fits)).archived_at, null);
	await page.getByLabel('Reason').fill('The season is over');
	await page.getByRole('button', { name: 'Archive 1 photo' }).click();
	await toast(page, 'Archived.');
	const aside = await photo('ada', fits);
	assert.equal(aside.archive_reason, 'The season is over');
	assert.ok(aside.purge_after);
	assert.equal((await photo('ben', not)).archived_at, null);
	await page.getByLabel('Tags').fill('no-such-tag');
	await page.getByRole('button', { name: 'See how many' }).click();
	await page.getByRole('alert').getByText('There is no tag “no-such-tag”.').waitFor();
	assert.equal(await page.getByLabel('Tags').inputValue(), 'no-such-tag');
	if (hands.scripts) await inspect(page, 'archive-refused');
	await visit(page, `/admin/photos/archive?project_id=${project}&to=2001-01-01`);
	await page.getByText('No photo that is not archived already fits').waitFor();
});

await run();
