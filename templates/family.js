"use strict";
(() => {
  const SPOKEN = {{ spoken|tojson }}, ALPHABET = {{ alphabet|tojson }}, BETWEEN = new RegExp({{ between|tojson }}, "g"), LENGTH = 17;
  const RECEIPT = {{ receipt_format|tojson }}, MESSAGE = "termpost.message/1", SAID = "termpost.message-content/1", ACKNOWLEDGEMENT = "termpost.acknowledgement/1";
  const CONTACT = {{ (contact.model_dump() if contact else none)|tojson }}, SEALED_FOR = {{ portal|tojson }};
  const PATIENCE = 30000; // milliseconds until the school's server counts as away
  const PADDED = 1024, HOLDS = 1 << 28; // bytes: of a message its multiple, of a page's reports the most
  const at = (id) => document.getElementById(id);
  const make = (tag, about) => Object.assign(document.createElement(tag), about);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const utf8 = (text) => new TextEncoder().encode(text);
  // the portal: of a page its address is written down; the door is there itself
  const PORTAL = () => SEALED_FOR || location.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
  let SAY = SPOKEN[document.documentElement.lang].say, sealed = null, secret = "", busy = false, view = null;

{% include "inflate.js" %}


{% include "opening.js" %}


{% include "showing.js" %}


{% include "saying.js" %}


{% include "household.js" %}


  let papers = 0;
  function sectionOf(about, part, until, index) {
    const section = make("section", {});
    const title = make("h2", { textContent: part.title, tabIndex: -1, dir: "auto" });
    const bar = make("div", { className: "bar" }), links = make("div", {}), told = actsOf(about, part, index);
    bar.append(make("p", { className: "soft", textContent: SAY.until.replace("{day}", until) }), links);
    if (told) links.append(make("a", { href: "#acts-" + index, textContent: SAY.acts, onclick: (event) => {
      event.preventDefault();
      told.scrollIntoView();
      told.querySelector("button").focus();
    } }));
    if (part.pdf.length) links.append(make("a", { textContent: SAY.download, download: part.filename, href: URL.createObjectURL(new Blob([part.pdf], { type: "application/pdf" })) }));
    section.append(title, bar);
    if (FRAMES) section.append(frameOf(part));
    part.paper = make("div", { className: "paper-" + (part.number = "number" in part ? part.number : papers++) });
    section.append(part.paper);
    if (told) section.append(told);
    return section;
  }

  function show(what) {
    at("door").hidden = true;
    at("home").hidden = what !== "home";
    at("reports").hidden = what !== "reports";
    at("children").hidden = what !== "reports" || (view && (view.alone || view.sections.length < 2));
    at("back").hidden = what !== "reports" || !household;
    at("lock").hidden = false;
    document.body.className = what + (household ? " behind" : "");
  }

  const fitted = (frame) => { if (frame && frame.contentDocument && frame.contentDocument.readyState === "complete") fit(frame); };
  const frameIn = () => view && view.sections[view.shown].querySelector("iframe");

  function turnTo(chosen) {
    const { about, sections } = view;
    hush();
    view.shown = chosen;
    sections.forEach((section, index) => {
      section.hidden = index !== chosen;
      if (!FRAMES) about.parts[index].paper.textContent = ""; // no two of one id in the page
    });
    at("list").querySelectorAll("button").forEach((one, index) => one.setAttribute("aria-current", index === chosen));
    if (!FRAMES) plain(about.parts[chosen], about.parts[chosen].paper);
    fitted(frameIn());
    sections[chosen].querySelector("h2").focus();
  }

  function showReports(about, chosen, alone) {
    const until = when(about.query_until);
    if (!about.sections) about.sections = about.parts.map((part, index) => sectionOf(about, part, until, index));
    view = { about, sections: about.sections, shown: chosen, alone: alone === true };
    at("list").textContent = at("reports").textContent = "";
    about.parts.forEach((part, index) => {
      const item = make("li", {});
      item.append(button(part.title, () => turnTo(index)));
      item.firstChild.dir = "auto";
      at("list").append(item);
    });
    at("reports").append(...about.sections);
    show("reports");
    turnTo(chosen);
    offerToRead(() => (FRAMES ? frameIn().contentDocument.body : view.about.parts[view.shown].paper));
  }

  function onPaper() {
    let width = innerWidth;
    addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; fitted(frameIn()); } });
    addEventListener("beforeprint", () => {
      if (!view || at("reports").hidden) return;
      plain(view.about.parts[view.shown], view.about.parts[view.shown].paper);
      frameIn().hidden = true;
    });
    addEventListener("afterprint", () => {
      if (!view || at("reports").hidden) return;
      view.about.parts[view.shown].paper.textContent = "";
      frameIn().hidden = false;
      fitted(frameIn());
    });
  }

  function complain(text, call) {
    at("message").textContent = text;
    if (call) contactOf(at("message"), "");
    at("code").setAttribute("aria-invalid", text !== "");
    if (text) at("code").focus();
  }

  function speak(language) {
    SAY = SPOKEN[language].say;
    document.documentElement.lang = language;
    document.documentElement.dir = SPOKEN[language].direction;
    document.querySelectorAll("[data-say]").forEach((node) => { node.textContent = fill(SAY[node.dataset.say], node.dataset); });
  }

  // What else is there for this person; a saved page without a network goes on without it.
  async function lookBehind(code) {
    if (!SEALED_FOR || location.protocol === "about:") return;
    household = await findDoor(code);
    if (!household) return;
    pages.set(view.about.delivery, view.about);
    tellStatements(view.about);
    show("reports");
  }

  async function unlock(code) {
    if (sealed) {
      let about = null;
      try { about = await unseal(sealed, code); } catch (error) { return complain(SAY.wrong); }
      secret = code;
      showReports(about, 0);
      acknowledge(about).catch(() => {}); // it is read without a network too
      lookBehind(code).catch(() => {});
      return undefined;
    }
    let found = null;
    try { found = await findDoor(code); } catch (error) { return complain(SAY.cannot_load, true); }
    if (!found) return complain(SAY.unknown, true);
    household = found;
    secret = code;
    if (!chosen && SPOKEN[found.language]) speak(found.language);
    showHome();
    return undefined;
  }

  async function open(event) {
    event.preventDefault();
    if (busy) return;
    complain("");
    const code = tidy(at("code").value), wrong = fault(code);
    if (wrong) return complain(wrong);
    busy = true;
    at("open").textContent = SAY.opening;
    await unlock(code);
    at("open").textContent = SAY.open;
    busy = false;
    if (secret) at("code").value = "";
    if (secret && at("tongues")) at("tongues").hidden = true;
    return undefined;
  }

  let chosen = false; // a language, by hand
  function offerLanguages() {
    const tongues = [...document.querySelectorAll("#tongues button")], known = Object.keys(SPOKEN);
    const like = (wish) => known.find((one) => one.toLowerCase() === wish.toLowerCase()) || known.find((one) => one.split("-")[0] === wish.split("-")[0].toLowerCase());
    const turn = (language) => {
      speak(language);
      tongues.forEach((one) => one.setAttribute("aria-pressed", one.lang === language));
    };
    tongues.forEach((one) => { one.onclick = () => { chosen = true; turn(one.lang); }; });
    if (tongues.length) turn((navigator.languages || [navigator.language]).map(like).find(Boolean) || document.documentElement.lang);
  }

  insert({{ style|tojson }}, "", "");
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // "back" must not show it again
  document.addEventListener("DOMContentLoaded", () => {
    sealed = at("sealed") && JSON.parse(at("sealed").textContent);
    offerLanguages();
    at("form").hidden = false;
    at("form").addEventListener("submit", open);
    at("lock").addEventListener("click", () => location.reload());
    at("back").addEventListener("click", showHome);
    if (FRAMES) onPaper();
    if (!window.isSecureContext) complain(SAY.insecure);
    else if (!window.crypto || !crypto.subtle || !window.TextEncoder) complain(SAY.old);
  });
})();
