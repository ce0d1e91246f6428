// What waits for one person behind their door.

let household = null; // what the door says, and how to send from it
const pages = new Map(); // name → what was in it

// By what a message from this page is signed: its own key, or where it has none the door's.
function senderOf(about) {
  const wish = about.messages || (household && household.messages);
  if (about.key && wish) return { place: "sealed/" + about.recipient + "/" + about.delivery, key: about.key, to: wish.to, home: wish.home };
  return household ? household.from : null;
}

function actsOf(about, part, index) {
  const from = senderOf(about);
  if (!from || !part.pdf.length || part.insert) return null;
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
  const replies = (query.replies || []).map((one) => Object.assign({ reply: true }, one)), moment = (one) => new Date(one["at"]).getTime();
  [...query.answers, ...replies].sort((one, two) => moment(one) - moment(two)).forEach((one) => {
    const day = make("p", { className: "soft", textContent: [one.by, when(one["at"].slice(0, 10))].filter(Boolean).map(apart).join(" · ") });
    if (one.reply) return section.append(day, make("blockquote", { textContent: one.text, dir: "auto" }));
    const said = make("div", { className: "answer" });
    said.append(day, make("p", { className: "words", textContent: one.text, dir: "auto" }));
    return section.append(said);
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

// Words that the law keeps with a report, for everybody who may have it.
function statementsOf(report, section) {
  (report.statements || []).forEach((statement) => {
    const said = make("details", { className: "statement" });
    const head = make("summary", { textContent: SAY.statement });
    if (statement.title) head.append(make("span", { className: "soft", textContent: statement.title, lang: statement.language, dir: "auto" }));
    said.append(head, line([SAY.statement_about, when(statement.on)].join(" "), "soft"), make("blockquote", { textContent: statement.text, dir: "auto" }));
    section.append(said);
  });
}

// On an open page too, however it was opened; once.
function tellStatements(about) {
  (about.sections || []).forEach((section, index) => {
    const report = household && household.reports.find((one) => one.page === about.delivery && one.part === index);
    if (!report || !(report.statements || []).length || section.querySelector(".statement")) return;
    const said = make("div", {});
    statementsOf(report, said);
    section.insertBefore(said, section.querySelector(".acts")); // below the report, whose verdict comes first
  });
}

function childOf(student, reports) {
  const section = make("section", { className: "card" }), newest = reports.map((one) => one.day).sort().pop();
  const first = (one) => one.is_latest && one.day === newest, earlier = reports.filter((one) => !first(one));
  section.append(make("h2", { textContent: student, dir: "auto" }));
  reports.filter(first).forEach((one) => {
    section.append(reportButton(one, one.cycle));
    if (one.acknowledged) section.append(line(fill(SAY.acknowledged, { day: when(one.acknowledged) }), "soft"));
    statementsOf(one, section);
  });
  if (earlier.length) {
    const more = make("details", {});
    more.append(make("summary", { textContent: SAY.earlier }));
    earlier.forEach((one) => {
      more.append(reportButton(one, one.cycle));
      statementsOf(one, more);
    });
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
    showReports(pages.get(report.page), report.part, true);
    tellStatements(pages.get(report.page)); // the household's list has the others
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
