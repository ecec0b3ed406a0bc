/* Follow every link, as each role, from the start page on: none is dead, and each page holds what all pages
 * hold. Pages whose states have tests of their own (pages_test.mjs) are only opened. */
import assert from 'node:assert/strict';

import { inspect } from './support/inspect.mjs';
import { BASE } from './support/site.mjs';
import { run, test } from './support/suite.mjs';

const MOST = 80;
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const elsewhere = ['/', '/login', '/upload', '/content', '/trash', '/trash/ID', '/photos/ID', '/photos/ID/delete',
	'/photos/ID/archive', '/photos/ID/permanent', '/content/quests/ID/permanent', '/content/adventures/ID/permanent',
	'/admin/audit', '/admin/storage'];
const inspected = new Set(elsewhere);

/* Links that are pages; what downloads is none. */
async function linksOf(page) {
	const links = await page.locator('a[href]:not([download]):not(.skip)').evaluateAll((all) => all.map(({ href }) => href));
	return links.filter((link) => link.startsWith(BASE)).map((link) => link.slice(BASE.length));
}

/* One of each kind: ids are all alike, and so are the pages of a list. */
function kindOf(link) {
	return new URL(link, BASE).pathname.replace(ID, 'ID').replace(/^\/s\/.*/, '/s/TOKEN');
}

/* Everything that is wrong on the way is told, not only the first. */
async function tour(hands, who) {
	const page = who ? await hands.browserOf(who) : await hands.visitor();
	const seen = new Set();
	const wrong = [];
	const waiting = ['/'];
	for (let link = waiting.shift(); link && seen.size < MOST; link = waiting.shift()) {
		const kind = kindOf(link);
		if (seen.has(kind)) continue;
		seen.add(kind);
		const status = (await page.goto(link)).status();
		if (status !== 200) wrong.push(`${link} answers ${status}`);
		waiting.push(...(await linksOf(page)));
		if (status !== 200 || inspected.has(kind)) continue;
		inspected.add(kind);
		await inspect(page, `tour${kind.replaceAll('/', '-')}`).catch(({ message }) => wrong.push(`${link}: ${message}`));
	}
	assert.deepEqual(wrong, []);
	assert.ok(seen.size < MOST, 'the tour ends');
	return seen;
}

for (const who of ['ada', 'shop', 'creator', 'admin', 'platform'])
	test(`every link leads somewhere for ${who}`, async (hands) => {
		assert.ok((await tour(hands, who)).size > 4);
	});

test('every link leads somewhere for visitors', async (hands) => {
	await tour(hands, null);
});

await run();
