// What waits for one person behind their door, and what they can say to the school.

const WORDS = 3000, PIECE = 200; // characters
let household = null; // what the door says, and how to send from it
const pages = new Map(); // name → what was in it

const when = (day, more) => new Intl.DateTimeFormat(document.documentElement.lang, Object.assign({ year: "numeric", month: "long", day: "numeric", timeZone: "UTC" }, more)).format(new Date(day));
// A time is said in the school's zone, as it was written down.
const hour = (at) => when(at.slice(0, 16) + "Z", { weekday: "long", hour: "2-digit", minute: "2-digit" });
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? apart(values[name]) : all));
const apart = (text) => "\u2068" + text + "\u2069"; // whichever way it runs itself
const line = (text, className) => make("p", { textContent: text, className: className || "" });
const random = () => hex(crypto.getRandomValues(new Uint8Array(16)));
function button(text, act, className) {
  return make("button", { type: "button", textContent: text, onclick: act, className: className || "" });
}

function contactOf(where, lead) {
  const said = (household && household.school) || CONTACT, box = make("address", {});
  if (!said) return where;
  if (lead) box.append(make("span", { textContent: lead }));
  box.append(make("strong", { textContent: said.name, dir: "auto" }));
  if (said.phone) box.append(make("a", { href: "tel:" + said.phone.replace(/[^+\d]/g, ""), textContent: said.phone, dir: "ltr" }));
  if (said.hours) box.append(make("span", { textContent: fill(SAY.hours, { hours: said.hours }) }));
  if (said.email) box.append(make("a", { href: "mailto:" + encodeURI(said.email), textContent: said.email, dir: "ltr" }));
  where.append(box);
  return where;
}

// What became of a message, where it was written. Whoever hears no answer is told whom to call.
function say(node, text, call) {
  node.textContent = "";
  node.className = "said" + (call ? " bad" : "");
  node.append(line(text));
  if (call) contactOf(node, SAY.call);
}

const REFUSED = { 404: "refused", 409: "slot_gone", 413: "too_long", 429: "many" };

// Sends once, and again under the same id until it is taken; what was typed stays until then.
async function send(form, said, taken) {
  if (form.busy) return false;
  form.busy = true;
  form.id_ = form.id_ || random();
  say(form.said, SAY.sending);
  let status = 0;
  try {
    status = await post(form.from, form.id_, Object.assign({ format: SAID, language: document.documentElement.lang }, form.about, said));
  } catch (error) { status = 0; } // no network
  form.busy = false;
  if (status === 409 || status === 413) form.id_ = null;
  const why = REFUSED[status] || (status === 204 ? "" : "away");
  say(form.said, why ? SAY[why] : taken, why !== "" && status !== 409 && status !== 413);
  if (!why) form.id_ = null;
  return !why;
}

function field(form, label, node, more) {
  const name = "f" + random().slice(0, 8);
  node.id = name;
  form.append(make("label", { htmlFor: name, textContent: label }), node);
  return Object.assign(node, more || {});
}

const box = (most) => make("textarea", { maxLength: most, rows: 4, dir: "auto" });

// A form of one kind: what `build` adds to it, and what its answers say. It stays, with what was typed, when it is shut.
function formOf(from, about, build) {
  const form = make("form", { className: "say", noValidate: true, from, about });
  const gather = build(form);
  form.said = make("div", { className: "said" });
  form.said.setAttribute("role", "status");
  const sender = make("button", { type: "submit", textContent: gather.button || SAY.send, className: "main" });
  form.append(sender, form.said);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const said = gather.read();
    if (typeof said === "string") return say(form.said, said);
    if (await send(form, said, gather.taken)) {
      form.querySelectorAll("textarea, input[type=text]").forEach((one) => { one.value = ""; });
      if (gather.then) gather.then(form);
    }
    return undefined;
  };
  return form;
}

const FORMS = {
  ask: (form) => {
    const words = field(form, SAY.ask_label, box(WORDS));
    return { taken: SAY.taken, read: () => (words.value.trim() ? { kind: "question", text: words.value } : SAY.empty) };
  },
  mark: (form, courses) => {
    const course = courses.length ? field(form, SAY.mark_course, make("select", {})) : null;
    courses.forEach(({ index, title }) => course.append(make("option", { value: index, textContent: title })));
    const piece = field(form, SAY.mark_piece, make("input", { type: "text", maxLength: PIECE, dir: "auto" }));
    const words = field(form, SAY.mark_label, box(WORDS));
    const read = () => Object.assign({ kind: "mark", text: words.value, piece: piece.value }, course ? { course: Number(course.value) } : {});
    return { taken: SAY.taken, read: () => (words.value.trim() ? read() : SAY.empty) };
  },
  meet: (form) => {
    const words = field(form, SAY.meet_label, box(WORDS));
    const check = make("input", { type: "checkbox" }), label = make("label", { className: "check" });
    label.append(check, make("span", { textContent: SAY.interpreter }));
    form.append(label);
    return { taken: SAY.taken, read: () => (words.value.trim() ? { kind: "meeting", text: words.value, interpreter: check.checked } : SAY.empty) };
  },
  rate: (form) => {
    const set = make("fieldset", { className: "rate" }), name = "r" + random().slice(0, 8);
    set.append(make("legend", { textContent: SAY.rate_label }));
    [1, 2, 3, 4, 5].forEach((value) => {
      const label = make("label", {});
      label.append(make("input", { type: "radio", name, value }), make("span", { textContent: new Intl.NumberFormat(document.documentElement.lang).format(value) }));
      set.append(label);
    });
    set.append(make("p", { className: "soft", textContent: SAY.rate_ends }));
    form.append(set);
    const words = field(form, SAY.rate_words, box(WORDS));
    const read = () => {
      const chosen = set.querySelector("input:checked");
      return chosen ? { kind: "rating", rating: Number(chosen.value), text: words.value } : SAY.choose;
    };
    return { taken: SAY.taken_rating, read };
  },
  reply: (form, query) => {
    const words = field(form, SAY.reply_label, box(WORDS));
    return { taken: SAY.taken, read: () => (words.value.trim() ? { kind: "reply", query, text: words.value } : SAY.empty) };
  },
  cancel: (form, query) => {
    form.append(line(SAY.cancel_sure));
    return { button: SAY.cancel_yes, taken: SAY.taken_cancel, read: () => ({ kind: "cancel", query }), then: (done) => { done.querySelector("button").hidden = true; } };
  },
};

// Buttons of which one at a time has its form open below it.
function acts(title, from, about, kinds) {
  const section = make("section", { className: "acts" }), row = make("div", { className: "row" }), forms = make("div", {});
  if (title) section.append(make("h2", { textContent: title }));
  section.append(row, forms);
  Object.keys(kinds).forEach((kind) => {
    const opener = button(kinds[kind].label, () => {
      const open = opener.getAttribute("aria-expanded") === "true";
      row.querySelectorAll("button[aria-expanded]").forEach((one) => one.setAttribute("aria-expanded", "false"));
      [...forms.children].forEach((one) => { one.hidden = true; });
      if (open) return;
      opener.form_ = opener.form_ || forms.appendChild(formOf(from, about, (form) => FORMS[kind](form, kinds[kind].with)));
      opener.form_.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      const first = opener.form_.querySelector("textarea, select, input, button");
      if (first) first.focus();
    });
    opener.setAttribute("aria-expanded", "false");
    row.append(opener);
  });
  return section;
}

// By what a message from this page is signed: its own key, or where it has none the door's.
function senderOf(about) {
  const wish = about.messages || (household && household.messages);
  if (about.key && wish) return { place: "sealed/" + about.recipient + "/" + about.delivery, key: about.key, to: wish.to, home: wish.home };
  return household ? household.from : null;
}

function actsOf(about, part, index) {
  const from = senderOf(about);
  if (!from || !part.pdf.length) return null;
  const told = { page: about.delivery, part: index };
  const kinds = { ask: { label: SAY.act_ask }, mark: { label: SAY.act_mark, with: coursesOf(part) }, meet: { label: SAY.act_meet }, rate: { label: SAY.act_rate } };
  const section = acts(SAY.acts, from, told, kinds), said = make("div", { className: "said" });
  const mine = household && household.reports.find((one) => one.page === about.delivery && one.part === index);
  said.setAttribute("role", "status");
  const reader = button(SAY.act_read, async () => {
    const form = { from, about: told, said, id_: reader.id_, busy: reader.busy };
    if (reader.busy) return;
    reader.busy = true;
    reader.id_ = form.id_ = form.id_ || random();
    if (await send(Object.assign(form, { busy: false }), { kind: "acknowledgement", proof: await proofOf(from, part.pdf) }, SAY.taken_read)) {
      reader.hidden = true;
      if (mine) Object.assign(mine, { acknowledge: false, acknowledged: new Date().toISOString().slice(0, 10) });
    }
    reader.busy = false;
  }, "main");
  if (mine && mine.acknowledged) said.append(line(fill(SAY.acknowledged, { day: when(mine.acknowledged) })));
  else section.querySelector(".row").prepend(reader);
  section.insertBefore(said, section.lastChild);
  return section;
}

// The courses of a report, by the place that each has on it.
function coursesOf(part) {
  const found = new Map();
  undress(part.page).report.querySelectorAll("[data-course]").forEach((node) => {
    if (!found.has(node.dataset.course)) found.set(node.dataset.course, node.textContent.trim());
  });
  return [...found].map(([index, title]) => ({ index, title }));
}

function slotsOf(query, section) {
  const said = make("div", { className: "said" }), list = make("ul", { className: "slots" }), from = household.from;
  said.setAttribute("role", "status");
  query.meeting.offered.forEach((slot) => {
    const item = make("li", {}), pick = button("", async () => {
      if (!from) return;
      pick.form_ = pick.form_ || { from, about: {}, said };
      const done = await send(pick.form_, { kind: "slot", query: query.id, slot: slot.id }, fill(SAY.taken_slot, { time: hour(slot.starts) }));
      if (done) list.hidden = true;
      else if (said.textContent.includes(SAY.slot_gone)) pick.disabled = true;
    });
    pick.append(make("strong", { textContent: hour(slot.starts) }), make("span", { textContent: [slot.place, slot.with_whom].filter(Boolean).map(apart).join(" · ") }));
    item.append(pick);
    list.append(item);
  });
  section.append(list, said);
}

function queryOf(query) {
  const section = make("details", { className: "card query" }), summary = make("summary", {}), meeting = query.meeting;
  const state = meeting && meeting.step !== "wanted" ? SAY["meeting_" + meeting.step] : SAY["step_" + query.step];
  summary.append(make("strong", { textContent: SAY["kind_" + query.kind.replace(/-/g, "_")] || SAY.kind_question }), make("span", { className: "soft", textContent: [query.student, when(query.asked.slice(0, 10))].filter(Boolean).map(apart).join(" · ") }), make("span", { className: "state", textContent: state }));
  section.append(summary);
  if (query.text) section.append(make("blockquote", { textContent: query.text, dir: "auto" }));
  if (query.step === "open" && query.answer_by) section.append(line(fill(SAY.answer_by, { day: when(query.answer_by) })));
  query.answers.forEach((answer) => {
    const said = make("div", { className: "answer" });
    said.append(make("p", { className: "soft", textContent: [answer.by, when(answer["at"].slice(0, 10))].map(apart).join(" · ") }), make("p", { className: "words", textContent: answer.text, dir: "auto" }));
    section.append(said);
  });
  const kinds = query.step === "closed" ? {} : { reply: { label: SAY.reply, with: query.id } };
  if (meeting && meeting.booked) {
    section.append(line(fill(SAY.meet_on, { time: hour(meeting.booked.starts) })), line([meeting.booked.place, meeting.booked.with_whom].filter(Boolean).map(apart).join(" · ")));
    if (meeting.step === "booked") kinds.cancel = { label: SAY.cancel, with: query.id };
  }
  if (meeting && meeting.step === "offered") slotsOf(query, section);
  if (household.from && Object.keys(kinds).length) section.append(acts("", household.from, {}, kinds));
  return section;
}

function reportButton(report, text) {
  const row = button("", () => openReport(report, row), "report");
  row.append(make("strong", { textContent: text, dir: "auto" }), make("span", { className: "soft", textContent: fill(SAY.released, { day: when(report.day) }) }));
  return row;
}

function childOf(student, reports) {
  const section = make("section", { className: "card" }), newest = reports.map((one) => one.day).sort().pop();
  const first = (one) => one.is_latest && one.day === newest, earlier = reports.filter((one) => !first(one));
  section.append(make("h2", { textContent: student, dir: "auto" }));
  reports.filter(first).forEach((one) => {
    section.append(reportButton(one, one.cycle));
    if (one.acknowledged) section.append(line(fill(SAY.acknowledged, { day: when(one.acknowledged) }), "soft"));
  });
  if (earlier.length) {
    const more = make("details", {});
    more.append(make("summary", { textContent: SAY.earlier }), ...earlier.map((one) => reportButton(one, one.cycle)));
    section.append(more);
  }
  return section;
}

function waitingOf() {
  const section = make("section", { className: "card waits" }), list = make("ul", {});
  const item = (text, act) => { const one = make("li", {}); one.append(button(text, act)); list.append(one); };
  const open = (query) => () => {
    const node = document.getElementById(query.id);
    node.open = true;
    node.scrollIntoView();
    node.querySelector("summary").focus();
  };
  household.queries.forEach((query) => {
    if (query.meeting && query.meeting.step === "offered") item(fill(SAY.waits_slots, { name: query.student }), open(query));
    else if (query.step === "answered") item(fill(SAY.waits_answer, { name: query.student }), open(query));
  });
  household.reports.filter((one) => one.acknowledge).forEach((one) => item(fill(SAY.waits_read, { name: one.student, cycle: one.cycle }), () => openReport(one, null)));
  section.append(make("h2", { textContent: SAY.waits }), list);
  return list.children.length ? section : null;
}

// The household's list: what waits, the children, what was asked.
function showHome() {
  const home = at("home"), students = [...new Set(household.reports.map((one) => one.student))];
  hush();
  at("aloud").hidden = true;
  home.textContent = "";
  home.append(make("h2", { className: "unseen", textContent: SAY.home, tabIndex: -1 }));
  const waits = waitingOf();
  if (waits) home.append(waits);
  if (!students.length) home.append(line(SAY.nothing, "card"));
  students.forEach((student) => home.append(childOf(student, household.reports.filter((one) => one.student === student))));
  if (household.queries.length) {
    const asked = make("section", {});
    asked.append(make("h2", { textContent: SAY.asked }), ...household.queries.map((query) => Object.assign(queryOf(query), { id: query.id })));
    home.append(asked);
  }
  const said = make("div", { className: "said", id: "home-said" });
  said.setAttribute("role", "status");
  home.append(said);
  contactOf(home, "");
  show("home");
  home.querySelector("h2").focus();
}

async function openReport(report, row) {
  if (row) row.setAttribute("aria-busy", "true");
  const status = at("home-said");
  try {
    if (!pages.has(report.page)) {
      say(status, SAY.loading);
      const answer = await ask(PORTAL() + "/" + household.recipient + "/" + report.page, {});
      if (!answer.ok && answer.status !== 404) throw new Error("away");
      const block = /<script type="application\/json" id=.sealed.>([^<]*)</.exec(await answer.text());
      if (!block) return say(status, SAY.no_report, true);
      const about = await unseal(JSON.parse(block[1]), secret);
      pages.set(report.page, about);
      acknowledge(about).catch(() => {});
    }
    say(status, "");
    showReports(pages.get(report.page), report.part, true); // the household's list has the others
  } catch (error) { say(status, SAY.cannot_load, true); }
  if (row) row.removeAttribute("aria-busy");
  return undefined;
}

// Finds and opens the door of this code. Throws where there is no network; null where there is no door.
async function findDoor(code) {
  const place = await locator(code), answer = await ask(PORTAL() + "/door/" + place, {});
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error("away");
  const block = await answer.json(), found = await openDoor(block, code), wish = found.messages;
  found.from = wish && wish.key && wish.key.d ? { place: "door/" + place, key: wish.key, to: wish.to, home: wish.home } : null;
  return found;
}

// What was typed and not sent is not left by mistake.
addEventListener("beforeunload", (event) => {
  const words = [...document.querySelectorAll("form.say textarea")].some((one) => one.value.trim());
  if (!words) return;
  event.preventDefault();
  event.returnValue = "";
});
