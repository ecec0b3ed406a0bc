// paseto_interop_test.mjs - tokens that Lethe makes are read by npm's `paseto` and the reverse.
//
// That package knows v4.public alone, so v4.local is held by the standard's vectors. BUILD names the
// folder of the built paseto_cli.
import { execFileSync } from 'node:child_process';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const cli = path.resolve(root, process.env.BUILD ?? 'build', 'tests/spec/paseto_cli');

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

if (!existsSync(path.join(root, 'tests/node_modules/paseto'))) skip('npm package paseto is not installed in tests/');
if (!existsSync(cli)) skip(`${cli} is not built`);
globalThis.crypto ??= webcrypto; // Node 18 does not have it there

const { PublicProtocol } = await import('paseto');
const factories = await import('paseto/v4/public');
const v4 = new PublicProtocol(
  factories.GenerateKeyPairFactory,
  factories.ExportPublicKeyFactory,
  factories.ExportSecretKeyFactory,
  factories.ImportPublicKeyFactory,
  factories.SignFactory,
  factories.VerifyFactory,
);

const hex = (value) => Buffer.from(value ?? '').toString('hex') || '-';

// Run commands of paseto_cli and give its answers, line by line.
function ask(commands) {
  const input = commands.map(([verb, ...words]) => [verb, ...words.map(hex)].join(' ')).join('\n') + '\n';
  const answers = execFileSync(cli, { input, encoding: 'utf8' }).trimEnd().split('\n');
  if (answers.length !== commands.length) throw new Error(`${answers.length} answers to ${commands.length} commands`);
  return answers;
}

let passed = 0;
let failed = 0;
function check(name, ok) {
  if (ok) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`FAILED: ${name}`);
  }
}

async function refuses(promise) {
  try {
    await promise;
    return false;
  } catch {
    return true;
  }
}

// A pair of keys, as theirs and as PASERK texts.
async function generate() {
  const { publicKey, secretKey } = await v4.GenerateKeyPair({ extractable: true });
  const publicText = await v4.ExportPublicKey(publicKey);
  const secretText = await v4.ExportSecretKey(secretKey);
  return { publicKey, secretKey, publicText, secretText };
}

const keys = await generate();
const others = await generate();
const bytes = (value) => new Uint8Array(Buffer.from(value));

function verify(token, key, assertion) {
  return v4.Verify(key, token, { implicitAssertion: bytes(assertion), allowNonExpiring: true });
}

const cases = [
  { payload: {}, footer: '', assertion: '' },
  { payload: { sub: 'ada', exp: '2999-01-01T00:00:00Z' }, footer: '', assertion: '' },
  { payload: { sub: 'ada' }, footer: '{"kid":"k4.pid.x"}', assertion: '' },
  { payload: { sub: 'ada' }, footer: '', assertion: 'item' },
  { payload: { sub: 'zü€😀' }, footer: 'zü€😀', assertion: 'zü€😀' },
  { payload: { long: 'x'.repeat(8000) }, footer: randomBytes(100), assertion: randomBytes(300) },
];
// Every length of payload, footer and assertion modulo 3, as base64 has it.
for (let i = 0; i < 27; i += 1) {
  cases.push({ payload: { a: 'x'.repeat(i % 3) }, footer: randomBytes(Math.floor(i / 3) % 3), assertion: randomBytes(Math.floor(i / 9)) });
}

for (const [index, { payload, footer, assertion }] of cases.entries()) {
  const json = JSON.stringify(payload);

  const [ours] = ask([['sign', keys.secretText, json, footer, assertion]]);
  const read = await verify(ours, keys.publicKey, assertion);
  check(`theirs reads ours, case ${index}: payload`, JSON.stringify(read.claims) === json);
  check(`theirs reads ours, case ${index}: footer`, Buffer.from(read.footer).equals(Buffer.from(footer)));
  check(`theirs refuses ours with another assertion, case ${index}`,
    await refuses(verify(ours, keys.publicKey, 'another')));
  check(`theirs refuses ours with another key, case ${index}`,
    await refuses(verify(ours, others.publicKey, assertion)));

  const theirs = await v4.Sign(keys.secretKey, payload, {
    footer: bytes(footer), implicitAssertion: bytes(assertion), addIssuedAt: false, nonExpiring: !payload.exp,
  });
  const [right, otherAssertion, otherKey] = ask([
    ['verify', keys.publicText, theirs, assertion],
    ['verify', keys.publicText, theirs, 'another'],
    ['verify', others.publicText, theirs, assertion],
  ]);
  check(`ours reads theirs, case ${index}`, right === `ok ${hex(json)} ${hex(footer)}`);
  check(`ours refuses theirs with another assertion, case ${index}`, otherAssertion === 'refused');
  check(`ours refuses theirs with another key, case ${index}`, otherKey === 'refused');
  check(`both make the same token, case ${index}`, ours === theirs); // Ed25519 is deterministic
}

// Lethe's public key text is theirs to read.
const [token] = ask([['sign', keys.secretText, '{"sub":"ada"}', '', '']]);
check('theirs imports a PASERK public key', (await verify(token, await v4.ImportPublicKey(keys.publicText), '')).claims.sub === 'ada');

// A receipt is verified by whoever knows the standard, the key and the assertion; and one that was made
// elsewhere with such a key is one.
const folder = mkdtempSync(path.join(tmpdir(), 'lethe-interop-'));
const [answer] = ask([['receipt', path.join(folder, 'keys')]]);
rmSync(folder, { recursive: true });
const [receipt, receiptKeyText] = answer.split(' ');
const receiptKey = await v4.ImportPublicKey(receiptKeyText);
const { claims, footer: receiptFooter } = await verify(receipt, receiptKey, 'lethe.receipt');
check('theirs reads a receipt', claims.type === 'lethe.receipt' && claims.version === 1 && claims.counts.photo === 12);
check('its footer names the key', JSON.parse(Buffer.from(receiptFooter).toString()).kid.startsWith('k4.pid.'));
check('theirs refuses a receipt without the assertion', await refuses(verify(receipt, receiptKey, '')));
check('theirs refuses a receipt with another key', await refuses(verify(receipt, others.publicKey, 'lethe.receipt')));

async function foreign(claimed, kid, assertion) {
  return v4.Sign(keys.secretKey, claimed, {
    footer: bytes(JSON.stringify({ kid })), implicitAssertion: bytes(assertion), addIssuedAt: false, nonExpiring: true,
  });
}
const [kid] = ask([['id', keys.publicText]]);
const [whole, unasserted, unnamed, access] = ask([
  ['judge', keys.publicText, await foreign(claims, kid, 'lethe.receipt')],
  ['judge', keys.publicText, await foreign(claims, kid, '')],
  ['judge', keys.publicText, await foreign(claims, 'k4.pid.x', 'lethe.receipt')],
  ['judge', keys.publicText, await foreign({ sub: 'ada', aud: 'lethe' }, kid, 'lethe.receipt')],
]);
check('ours reads a receipt of theirs', whole === `valid ${claims.deletion}`);
check('ours refuses one without the assertion', unasserted === 'invalid');
check('ours refuses one that names another key', unnamed === 'invalid');
check('ours refuses another document', access === 'invalid');

console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
