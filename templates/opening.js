// What opens with the code alone: a sealed page, and the household's door. Both keys come out of HKDF (RFC 5869).

// The same as codes.tidy: GF(32), reduced by x^5 + x^2 + 1.
const tidy = (typed) => typed.replace(BETWEEN, "").replace(/[a-z]/g, (letter) => letter.toUpperCase());
const parity = (code) => [...code].reduce((sum, letter) => (sum << 1) ^ (sum & 16 ? 37 : 0) ^ ALPHABET.indexOf(letter), 0);
function fault(code) {
  const foreign = [...code].find((letter) => !ALPHABET.includes(letter));
  if (foreign) return SAY.symbol.replace("{character}", () => foreign);
  if (code.length !== LENGTH) return SAY.length.replace("{n}", code.length);
  return parity(code) ? SAY.check : "";
}

async function derive(secret, salt, info, size) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: utf8(info) }, key, size * 8));
}

async function decrypt(secret, salt, info, clear, data) {
  const once = await derive(secret, salt, info, 44);
  const key = await crypto.subtle.importKey("raw", once.slice(0, 32), "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: once.slice(32), additionalData: utf8(clear) }, key, data));
}

// Pages of earlier formats stay behind the door for as long as nobody takes them back.
const CLEAR = {
  "termpost.sealed/1": ["format", "language", "school"],
  "termpost.sealed/2": ["format", "receipt_key", "language", "school"],
  "termpost.sealed/3": ["format", "key", "language", "school"],
};

async function unseal(block, code) {
  const clear = CLEAR[block.format].map((name) => block[name]).join("\n");
  const content = inflate(await decrypt(utf8(code), bytes(block.salt), block.format, clear, bytes(block.data)), HOLDS);
  let place = 4 + new DataView(content.buffer).getUint32(0);
  const take = (size) => content.subarray(place, (place += size));
  const about = JSON.parse(new TextDecoder().decode(content.subarray(4, place)));
  about.parts.forEach((part) => { part.page = new TextDecoder().decode(take(part.page)); part.pdf = take(part.pdf).slice(); });
  const wish = about.receipt;
  if (block.format === "termpost.sealed/2" && wish) Object.assign(about, { key: wish.key, receipt: wish.to });
  if (block.format === "termpost.sealed/1") about.receipt = "";
  return about;
}

async function openDoor(block, code) {
  const plain = await decrypt(utf8(code), bytes(block.salt), block.format, block.format + "\n" + block.key, bytes(block.data));
  return JSON.parse(new TextDecoder().decode(plain));
}

const hex = (data) => [...new Uint8Array(data)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (data) => btoa([...new Uint8Array(data)].reduce((text, byte) => text + String.fromCharCode(byte), ""));
const locator = async (code) => hex(await derive(utf8(code), new Uint8Array(0), "termpost.door/1 locator", 16));

// Nothing of who asks goes along. A server that does not answer is one that is away.
async function ask(address, about) {
  const stop = window.AbortController ? new AbortController() : null;
  const late = setTimeout(() => stop && stop.abort(), PATIENCE);
  try {
    return await fetch(address, Object.assign({ credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" }, stop ? { signal: stop.signal } : {}, about));
  } finally {
    clearTimeout(late);
  }
}

async function signature(key, text) {
  const pair = await crypto.subtle.importKey("jwk", key, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  return hex(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair, utf8(text)));
}

// Evidence that somebody who had the code was here: the key that signs was encrypted. The answer is not read.
async function acknowledge({ recipient, delivery, receipt, key }) {
  if (!receipt) return;
  const signed = await signature(key, [RECEIPT, delivery, recipient].join("\n"));
  const body = JSON.stringify({ format: RECEIPT, recipient, page: delivery, signature: signed });
  await fetch(receipt, { method: "POST", body, mode: "no-cors", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", keepalive: true });
}

// Encrypted for the home alone and signed by the page or the door (docs/door.md). `from`: place, key, to, home.
async function post(from, id, said) {
  const mine = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const theirs = await crypto.subtle.importKey("raw", bytes(from.home), { name: "ECDH", namedCurve: "P-256" }, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
  const context = [MESSAGE, from.place, id].join("\n"), home = bytes(from.home), salt = new Uint8Array(point.length + home.length);
  salt.set(point);
  salt.set(home, point.length);
  const once = await derive(shared, salt, context, 44);
  const plain = utf8(JSON.stringify(said)), padded = new Uint8Array(Math.ceil(plain.length / PADDED) * PADDED).fill(32);
  padded.set(plain);
  const key = await crypto.subtle.importKey("raw", once.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const data = base64(await crypto.subtle.encrypt({ name: "AES-GCM", iv: once.slice(32), additionalData: utf8(context) }, key, padded));
  const ephemeral = base64(point), slot = said.slot || null;
  const signed = await signature(from.key, [MESSAGE, from.place, id, slot || "", ephemeral, hex(await crypto.subtle.digest("SHA-256", utf8(data)))].join("\n"));
  const body = JSON.stringify({ format: MESSAGE, place: from.place, id, slot, ephemeral, data, signature: signed });
  return (await ask(from.to, { method: "POST", body, mode: "cors" })).status;
}

// Of exactly these bytes, on this day by the family's own clock.
async function proofOf(from, pdf) {
  const now = new Date(), two = (number) => String(number).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const digest = hex(await crypto.subtle.digest("SHA-256", pdf));
  return { day, pdf: digest, signature: await signature(from.key, [ACKNOWLEDGEMENT, from.place, digest, day].join("\n")) };
}
