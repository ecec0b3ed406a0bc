/* The running Lethe beside the browser: its people, its API to prepare a scene with, its rows and files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { picture } from './picture.mjs';

export const BASE = process.env.LETHE_TEST_URL;
export const PASSWORD = 'lethe-demo-1';

const people = {
	ada: 'ada@alder.example', ben: 'ben@alder.example', admin: 'admin@alder.example', admin2: 'admin2@alder.example',
	creator: 'creator@alder.example', shop: 'shop@alder.example', mia: 'mia@birch.example',
	birch: 'admin@birch.example', platform: 'platform@lethe.example',
};
const tokens = new Map();
let serial = 0;

export function address(who) {
	return people[who];
}

/* A new account of somebody's organisation with the password of all, to be deleted; known by the key that
 * this answers. Role "member", "admin" or "platform_admin". */
export function newPerson(name, { like = 'ada', role = 'member', password = true } = {}) {
	const id = randomUUID().replace(/-4/, '-7');
	people[id] = `${id}@alder.example`;
	sql(`INSERT INTO users (id, organization_id, email, display_name, role, password_hash, created_at)
		SELECT ${bytesOf(id)}, organization_id, '${people[id]}', '${name}', '${role}',
		${password ? 'password_hash' : 'NULL'}, UTC_TIMESTAMP(6) FROM users WHERE email = '${address(like)}'`);
	return id;
}

/* A name that no other item has. */
export function unique(word) {
	serial += 1;
	return `${word} ${process.pid}-${serial}`;
}

async function tokenOf(who) {
	if (!tokens.has(who)) {
		const answer = await fetch(`${BASE}/api/tokens`, {
			method: 'POST', headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ email: address(who), password: PASSWORD }),
		});
		assert.equal(answer.status, 201, `a token for ${who}`);
		tokens.set(who, (await answer.json()).access_token);
	}
	return tokens.get(who);
}

/* A call of the API as a person: `body` an object (JSON) or FormData. Returns status and document. */
export async function call(who, method, path, body) {
	const isForm = body instanceof FormData;
	const headers = { Authorization: `Bearer ${await tokenOf(who)}` };
	if (body && !isForm) headers['Content-Type'] = 'application/json';
	const answer = await fetch(BASE + path, { method, headers, body: isForm || !body ? body : JSON.stringify(body) });
	const text = await answer.text();
	const isJson = /json/.test(answer.headers.get('Content-Type') ?? '');
	return { status: answer.status, document: isJson && text ? JSON.parse(text) : null };
}

async function demand(status, who, method, path, body) {
	const answer = await call(who, method, path, body);
	assert.equal(answer.status, status, `${method} ${path} as ${who}: ${JSON.stringify(answer.document)}`);
	return answer.document;
}

function form(title, fields = {}) {
	const data = new FormData();
	data.set('file', new Blob([picture(title)], { type: 'image/png' }), 'photo.png');
	for (const [name, value] of Object.entries(fields)) data.set(name, value);
	return data;
}

/* A new photo in a person's library. */
export async function addPhoto(who, title, fields = {}) {
	return demand(201, who, 'POST', '/api/photos', form(title, { title, ...fields }));
}

/* What a generator makes from a photo. */
export async function addDerivative(who, photo, title) {
	const { generation_id: id } = await demand(201, who, 'POST', `/api/photos/${photo.id}/generations`);
	return demand(201, who, 'POST', `/api/generations/${id}/result`, form(title));
}

export async function deletePhoto(who, photo, reason) {
	return demand(200, who, 'DELETE', `/api/photos/${photo.id}`, reason && { reason });
}

export async function archivePhoto(who, photo, reason) {
	return demand(200, who, 'POST', `/api/photos/${photo.id}/archive`, reason && { reason });
}

export async function sharePhoto(who, photo) {
	return demand(201, who, 'POST', `/api/photos/${photo.id}/shares`, {});
}

/* The status an item's API answers a person with: 200, 404, … */
export async function statusOf(who, path) {
	return (await call(who, 'GET', path)).status;
}

export async function auditOf(who, query) {
	return (await demand(200, who, 'GET', `/api/admin/audit?${new URLSearchParams(query)}`)).items;
}

/* A person's quest or adventure in a publishing status, by its number from the newest. */
export async function contentOf(who, type, status, number = 0) {
	const query = new URLSearchParams({ content_type: type, status });
	const { items } = await demand(200, who, 'GET', `/api/creator/content?${query}`);
	assert.ok(items.length > number, `the demo has ${type} that are ${status}`);
	return items[number];
}

/* --- behind the site --- */

function environment() {
	const lines = readFileSync(process.env.LETHE_TEST_ENV, 'utf8').split('\n');
	return Object.fromEntries(lines.map((line) => /^(\w+)='(.*)'$/.exec(line)).filter(Boolean)
		.map(([, name, value]) => [name, value]));
}

/* Rows that a browser cannot bring about in time (a window about to close, a removal that failed). */
export function sql(text) {
	const { LETHE_DB_SOCKET: socket, LETHE_DB_OWNER_USER: user, LETHE_DB_OWNER_PASSWORD: password,
		LETHE_DB_NAME: name } = environment();
	return execFileSync('mariadb', ['--no-defaults', '-S', socket, '-u', user, '-N', '-e', text, name], {
		encoding: 'utf8', env: { ...process.env, MYSQL_PWD: password },
	}).trim();
}

/* A new project, album or site ("projects", …) that a person has made; its id. */
export function placeOf(who, table, name) {
	const id = randomUUID().replace(/-4/, '-7');
	const slug = table === 'sites' ? `, slug = '${id}'` : '';
	sql(`INSERT INTO ${table} SET id = ${bytesOf(id)}, name = '${name}', created_at = UTC_TIMESTAMP(6)${slug},
		organization_id = (SELECT organization_id FROM users WHERE email = '${address(who)}'),
		created_by = (SELECT id FROM users WHERE email = '${address(who)}')`);
	return id;
}

/* libfaketime, loaded directly: its program would stand between this test and the process. */
function movedClock(shift) {
	const folder = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime/libfaketimeMT.so.1')).find(existsSync);
	assert.ok(folder, 'faketime is installed');
	return {
		LD_PRELOAD: folder, FAKETIME: shift, FAKETIME_DONT_FAKE_MONOTONIC: '1',
		ASAN_OPTIONS: `verify_asan_link_order=0:${process.env.ASAN_OPTIONS ?? ''}`,
	};
}

/* Let all work that is due be done now, not at the worker's next round; or what is due later ("+5h"). */
export function work(shift) {
	execFileSync(process.env.LETHE_TEST_PROGRAM, ['work', '--once'], {
		env: { ...process.env, ...environment(), ...(shift ? movedClock(shift) : {}) }, stdio: 'ignore',
	});
}

/* Forget how often anybody has asked, so that no test runs into another's limit. */
export function forgiveRates() {
	sql('DELETE FROM rate_hits');
}

/* A header's text (RFC 2047), unfolded. */
function decodedHeader(mail, name) {
	const folded = new RegExp(`^${name}: ((?:.|\\r?\\n[ \\t])*)`, 'mi').exec(mail)?.[1] ?? '';
	return folded.replace(/\r?\n[ \t]/g, ' ').replace(/\?=\s+=\?/g, '?==?')
		.replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, text) => Buffer.from(text, 'base64').toString('utf8'))
		.replace(/=\?utf-8\?q\?([^?]*)\?=/gi, (_, text) => decodeURIComponent(text.replaceAll('_', ' ').replace(/%/g, '%25').replaceAll('=', '%')));
}

/* The mails to an address that the mail server took (or the spool folder holds, where there is none), oldest first:
 * as they came, their subject, and their text with its links whole. */
export function mailsTo(recipient) {
	const folder = process.env.TEST_MAIL ?? join(process.env.LETHE_TEST_VAR, 'mail');
	const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.eml')) : [];
	return names.sort(new Intl.Collator('en', { numeric: true }).compare)
		.map((name) => readFileSync(join(folder, name), 'utf8'))
		.filter((mail) => decodedHeader(mail, 'To').includes(recipient))
		.map((mail) => ({ mail, subject: decodedHeader(mail, 'Subject'), text: mail.replace(/=\r?\n/g, '').replace(/=3D/g, '=') }));
}

/* An id as SQL writes it. */
export function bytesOf(id) {
	return `UNHEX('${id.replaceAll('-', '')}')`;
}

/* Are all stored objects of these keys gone? */
export function objectsGone(keys) {
	return keys.every((key) => !existsSync(join(process.env.LETHE_TEST_VAR, 'storage', key)));
}

export function keysOf(photo) {
	return sql(`SELECT storage_key FROM files WHERE owner_id = ${bytesOf(photo.id)}`).split('\n');
}
