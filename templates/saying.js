// What a family can say to the school, and what it hears when nobody can be reached.

const WORDS = 3000, PIECE = 200; // characters

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
