// A report as it was made: its styles, its frame or its paper, and a voice that reads it.

// An empty style element stands before the policy, so its sheet is not barred; what script inserts into a sheet no
// policy governs. A rule that this browser does not know is left out, as a parser would.
const sheet = document.querySelector("style").sheet;
function insert(css, media, host) {
  let depth = 0, start = 0;
  css.replace(/"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\/\*[^]*?\*\/|[{};]/g, (token, place) => {
    if (token === "{") depth++;
    if (token === "}") depth--;
    if (depth || !(token === "}" || token === ";")) return token;
    const rule = css.slice(start, place + 1), last = sheet.cssRules.length;
    start = place + 1;
    if (token === ";") return token; // @charset, @import
    try { sheet.insertRule(media ? "@media " + media + "{" + rule + "}" : rule, last); } catch (error) { return token; }
    if (host) within(host, sheet.cssRules[last]);
    return token;
  });
}

// A report's rule holds for that report only; its html and body are the element that the report lies in.
function within(host, rule) {
  if (rule.type === CSSRule.STYLE_RULE) rule.selectorText = rule.selectorText.split(/,(?![^([]*[)\]])/).map((one) => {
    const rest = one.trim().replace(/^(?:(?::root|html|body)(?![\w-])(?:[\s>]+(?=(?:html|body)(?![\w-])))?)+/, "");
    return host + (rest === one.trim() ? " " : "") + rest;
  }).join(",");
  else if (rule.type === CSSRule.MEDIA_RULE || rule.type === CSSRule.SUPPORTS_RULE) [...rule.cssRules].forEach((one) => within(host, one));
}

// The report's own styles would need their hashes in this page's policy, where a hash could confirm a guess at what
// they style. So they are renamed before anything parses them and applied as constructed sheets, or by CSSOM, which
// the policy leaves to this script.
function undress(text) {
  const inert = text.replace(/<\/style\b/gi, "</" + "script").replace(/<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi, (tag) =>
    tag.replace(/^<style\b/i, '<script type="text/css"').replace(/(\s)style(\s*=)/i, "$1data-style$2"));
  const report = new DOMParser().parseFromString(inert, "text/html");
  const sheets = [...report.querySelectorAll("script[type='text/css']")].map((css) => ({ text: css.textContent, media: css.getAttribute("media") || "" }));
  report.querySelectorAll("script, base, link, object, embed, iframe, meta[http-equiv]").forEach((node) => node.remove());
  report.querySelectorAll("a[href]:not([href^='#'])").forEach((link) => { link.target = "_blank"; link.rel = "noopener noreferrer"; });
  return { report, sheets };
}

const style = (node) => node.querySelectorAll("[data-style]").forEach((one) => { one.style.cssText = one.dataset.style; });

function fit(frame) {
  const root = frame.contentDocument.documentElement, top = scrollY;
  frame.style.height = "0"; // so that heights in vh cannot feed on themselves
  frame.style.height = root.scrollHeight + (root.scrollWidth > root.clientWidth ? 20 : 4) + "px";
  scrollTo(0, top);
}

function frameOf(part) {
  const { report, sheets } = undress(part.page);
  const frame = make("iframe", { title: part.title, srcdoc: "<!doctype html>" + report.documentElement.outerHTML });
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox"); // no scripts
  frame.onload = () => {
    const inside = frame.contentDocument;
    inside.adoptedStyleSheets = sheets.map(({ text, media }) => {
      const made = new frame.contentWindow.CSSStyleSheet({ media });
      made.replaceSync(text);
      return made;
    });
    style(inside);
    fit(frame);
    inside.fonts.ready.then(() => fit(frame));
    inside.addEventListener("toggle", () => fit(frame), true);
  };
  return frame;
}

// A report in the page itself: for a browser whose frames take no sheet, and for printing, which cuts frames off.
// The page's policy runs no script and asks no network here either.
function plain(part, paper) {
  const { report, sheets } = undress(part.page);
  const root = report.documentElement;
  if (!part.dressed) sheets.forEach(({ text, media }) => insert(text, media, "." + paper.className));
  part.dressed = true;
  paper.lang = root.lang;
  paper.dir = root.dir;
  report.querySelectorAll("main").forEach((main) => { // the page has its own
    const node = document.createElement("div");
    [...main.attributes].forEach(({ name, value }) => node.setAttribute(name, value));
    node.append(...main.childNodes);
    main.replaceWith(node);
  });
  paper.textContent = "";
  paper.append(...report.body.childNodes);
  style(paper);
}

const FRAMES = "adoptedStyleSheets" in document && "replaceSync" in CSSStyleSheet.prototype;

// By voices on this device only: any other sends what it reads to whoever makes the browser.
let utterances = [];
function hush() {
  utterances = [];
  at("aloud").textContent = SAY.aloud;
  if (window.speechSynthesis) speechSynthesis.cancel();
}

function voiceFor(language) {
  const tongue = (tag) => tag.toLowerCase().split(/[-_]/)[0];
  return speechSynthesis.getVoices().find((voice) => voice.localService === true && tongue(voice.lang) === tongue(language));
}

function read(body) {
  const articles = body.querySelectorAll("article[lang]"), made = [];
  (articles.length ? [...articles] : [body]).forEach((article) => {
    const voice = voiceFor(article.lang || document.documentElement.lang); // one in another language may have none
    if (voice) article.innerText.split(/\n+/).map((line) => line.replace(/\t/g, ", ").trim()).filter(Boolean).forEach((line) =>
      made.push(Object.assign(new SpeechSynthesisUtterance(line), { voice, lang: voice.lang })));
  });
  hush();
  if (!made.length) return;
  utterances = made; // kept, or a browser may drop them before it has read them
  made[made.length - 1].onend = () => { if (utterances === made) hush(); };
  made.forEach((one) => { one.onerror = () => { if (utterances === made) hush(); }; });
  at("aloud").textContent = SAY.hush;
  made.forEach((one) => speechSynthesis.speak(one));
}

function offerToRead(body) {
  if (!window.speechSynthesis || !window.SpeechSynthesisUtterance) return;
  const offer = () => {
    at("aloud").hidden = !voiceFor(document.documentElement.lang);
    if (at("aloud").hidden) hush();
  };
  speechSynthesis.onvoiceschanged = offer; // many browsers know their voices a while later
  at("aloud").onclick = () => (utterances.length ? hush() : read(body()));
  addEventListener("pagehide", hush);
  offer();
}
