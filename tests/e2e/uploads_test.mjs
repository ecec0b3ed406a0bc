/* Adding photos. */
import assert from 'node:assert/strict';

import { toast, visit } from './support/browser.mjs';
import { picture } from './support/picture.mjs';
import { keysOf, statusOf, unique } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

function file(name, word = name) {
	return { name: `${name}.png`, mimeType: 'image/png', buffer: picture(word) };
}

const submit = (page) => page.getByRole('button', { name: 'Add photo' }).click();

function idOf(page) {
	return new URL(page.url()).pathname.split('/').pop();
}

testBoth('a photo is added with what one says about it', async (hands) => {
	const title = unique('Upload');
	const page = await hands.browserOf('ada');
	await visit(page, '/upload');
	await page.getByLabel('Photo', { exact: true }).setInputFiles(file(title));
	await page.getByLabel('Title').fill(title);
	await page.getByLabel('Description').fill('Seen from the <hill> & "back"');
	await page.getByLabel('Tags').fill('hill, meadow');
	await submit(page);
	await toast(page, 'The photo was added.');
	await page.getByRole('heading', { name: title }).waitFor();
	await page.getByText('Seen from the <hill> & "back"').waitFor();
	for (const tag of ['hill', 'meadow']) await page.locator('.badge', { hasText: tag }).waitFor();
	const drawn = await page.locator('.photo__picture img').evaluate((img) => img.decode().then(() => img.naturalWidth));
	assert.equal(drawn, 480, 'the picture shows');
	/* Scripts make a thumbnail in the browser; without them the original stands in. */
	assert.equal(keysOf({ id: idOf(page) }).length, hands.scripts ? 2 : 1, 'stored objects');
	await visit(page, '/?mine=true');
	const tile = page.locator('.tile', { hasText: title }).locator('img');
	assert.ok(await tile.evaluate((img) => { img.loading = 'eager'; return img.decode().then(() => img.naturalWidth); }));
});

test('several photos are added at once', async (hands) => {
	const word = unique('Several');
	const page = await hands.browserOf('ada');
	await visit(page, '/upload');
	await page.getByLabel('Photo', { exact: true }).setInputFiles([1, 2, 3].map((n) => file(`${word}-${n}`)));
	await page.getByLabel('Title').fill(word);
	await submit(page);
	await toast(page, '3 photos were added.');
	assert.equal(await page.locator('.tile', { hasText: word }).count(), 3);
});

testBoth('what is no image is refused, and what one typed is kept', async (hands) => {
	const title = unique('Not an image');
	hands.expect(/^400 POST \/api\/photos$/);
	const page = await hands.browserOf('ada');
	await visit(page, '/upload');
	await page.getByLabel('Photo', { exact: true }).setInputFiles(
		{ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('These are only words.') });
	await page.getByLabel('Title').fill(title);
	await page.getByLabel('Tags').fill('hill');
	await submit(page);
	await page.getByText(/JPEG, PNG, WebP or GIF/).nth(1).waitFor();
	assert.equal(await page.getByLabel('Title').inputValue(), title);
	assert.equal(await page.getByLabel('Tags').inputValue(), 'hill');
	await page.getByLabel('Photo', { exact: true }).setInputFiles(file(title));
	await submit(page);
	await page.getByRole('heading', { name: title }).waitFor();
});

test('where one of several is no image, it says which and how many were added', async (hands) => {
	hands.expect(/^400 POST \/api\/photos$/);
	const page = await hands.browserOf('ada');
	await visit(page, '/upload');
	await page.getByLabel('Photo', { exact: true }).setInputFiles([file(unique('Good')),
		{ name: 'words.png', mimeType: 'image/png', buffer: Buffer.from('words') }]);
	await submit(page);
	await page.getByRole('status').filter({ hasText: /1 photo added, then it stopped\. words\.png/ }).waitFor();
});

testBoth('a photo without a title gets a name one can read', async (hands) => {
	const page = await hands.browserOf('ada');
	await visit(page, '/upload');
	await page.getByLabel('Photo', { exact: true }).setInputFiles(file(unique('Nameless')));
	await submit(page);
	await page.getByRole('heading', { name: 'Untitled photo' }).waitFor();
	assert.equal(await statusOf('ben', `/api/photos/${idOf(page)}`), 200, 'the organisation sees it');
	assert.equal(await statusOf('mia', `/api/photos/${idOf(page)}`), 404, 'another does not');
});

await run();
