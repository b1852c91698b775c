// Names while they are typed (the ARIA pattern of a combobox with a list). The field works without
// it; nothing is chosen before a person chooses it.
(() => {
  "use strict";
  let list = null; // the list of options, beside everything else so that nothing cuts it off
  let told = null; // how many there are, for screen readers
  let field = null; // the field that the list belongs to
  let offers = [];
  let at = -1;
  let asked = null; // the request under way
  let waiting = 0;
  let taking = false;

  const isOpen = () => list !== null && !list.hidden;
  const of = (element) => element?.closest?.("input[data-suggest]");

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  // The whole body may have been replaced by an answer of the server.
  const ensure = () => {
    if (list?.isConnected) return;
    list = make("ul", "suggestions");
    list.id = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", document.body.dataset.suggestions || "");
    // The field keeps the focus while the mouse chooses.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) { mark(Number(option.dataset.at)); take(true); }
    });
    told = make("p", "unseen");
    told.setAttribute("role", "status");
    document.body.append(list, told);
  };

  const dress = (input) => {
    if (input.getAttribute("role") === "combobox") return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", "suggestions");
  };

  const close = () => {
    asked?.abort();
    clearTimeout(waiting);
    offers = [];
    at = -1;
    if (list) list.hidden = true;
    if (told) told.textContent = "";
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
  };

  const place = () => {
    const box = field.getBoundingClientRect();
    const below = innerHeight - box.bottom;
    const above = box.top > below && below < 260;
    list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`;
    list.style.minWidth = `${box.width}px`;
    list.style.maxHeight = `${(above ? box.top : below) - 12}px`;
    list.style.top = above ? "" : `${box.bottom + 4}px`;
    list.style.bottom = above ? `${innerHeight - box.top + 4}px` : "";
  };

  const mark = (index) => {
    at = index;
    [...list.children].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === at));
      if (number === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `suggestion-${at}`);
  };

  const show = (found) => {
    offers = found;
    list.replaceChildren(...offers.map((offer, number) => {
      const option = make("li");
      option.id = `suggestion-${number}`;
      option.dataset.at = String(number);
      option.setAttribute("role", "option");
      const first = make("div", "named");
      first.append(make("b", "", offer.label), make("span", "code", offer.codes));
      option.append(first);
      if (offer.details.length) option.append(make("div", "small faint", offer.details.join("　")));
      offer.warnings.forEach((warning) => option.append(make("div", "warning small", warning)));
      return option;
    }));
    list.hidden = offers.length === 0;
    field.setAttribute("aria-expanded", String(offers.length > 0));
    told.textContent = offers.length ? (document.body.dataset.suggested || "").replace("%", offers.length) : "";
    mark(-1);
    if (offers.length) { list.scrollTop = 0; place(); }
  };

  const ask = async () => {
    const input = field;
    asked?.abort();
    const strength = input.dataset.suggest === "strength";
    const name = strength ? input.form?.elements.namedItem("name")?.value.trim() || "" : "";
    if (strength ? !name : !input.value.trim()) { close(); return; }
    asked = new AbortController();
    const query = new URLSearchParams({ kind: input.dataset.suggest, typed: input.value, name });
    try {
      const answer = await fetch(`/api/v1/suggestions?${query}`, { signal: asked.signal, headers: { accept: "application/json" } });
      if (!answer.ok || field !== input || document.activeElement !== input) return;
      show((await answer.json()).suggestions);
    } catch {
      // No answer: the field works without suggestions.
      if (field === input && !asked.signal.aborted) close();
    }
  };

  const soon = (input) => {
    ensure();
    dress(input);
    if (field !== input) close();
    field = input;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 60);
  };

  const fill = (form, name, value) => {
    const onlyIfEmpty = name.endsWith("?");
    const input = form.elements.namedItem(onlyIfEmpty ? name.slice(0, -1) : name);
    if (!(input instanceof HTMLInputElement) || (onlyIfEmpty && input.value.trim())) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // `goOn`: to the field that comes next; Tab goes where it always goes.
  const take = (goOn) => {
    const offer = offers[at];
    const input = field;
    if (!offer || !input?.form) return;
    taking = true;
    offer.fill.forEach(([name, value]) => fill(input.form, name, value));
    taking = false;
    close();
    if (!goOn) return;
    const next = offer.then && input.form.elements.namedItem(offer.then);
    if (next && next !== input) { next.focus(); next.select(); }
    if (next) soon(next);
  };

  document.addEventListener("focusin", (event) => {
    const input = of(event.target);
    if (!input) return;
    ensure();
    dress(input);
    // Which strengths exist is worth seeing before anything is typed.
    if (input.dataset.suggest === "strength" && !input.value.trim()) soon(input);
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
  document.addEventListener("input", (event) => {
    const input = of(event.target);
    // A conversion of kana that is open belongs to the input method.
    if (input && !taking && !event.isComposing) soon(input);
  });
  document.addEventListener("compositionstart", (event) => { if (of(event.target)) close(); });
  document.addEventListener("compositionend", (event) => { if (of(event.target)) soon(event.target); });
  document.addEventListener("scroll", (event) => { if (isOpen() && event.target !== list) place(); }, true);
  addEventListener("resize", () => { if (isOpen()) place(); });

  // Before the keys of the page, which go without when the list takes one.
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const input = of(event.target);
    if (!input || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const done = () => { event.preventDefault(); event.stopPropagation(); };
    if (!isOpen() || field !== input) {
      if (event.key === "ArrowDown") { done(); soon(input); }
      return;
    }
    const n = offers.length;
    if (event.key === "ArrowDown") { done(); mark(at + 1 >= n ? 0 : at + 1); }
    else if (event.key === "ArrowUp") { done(); mark(at <= 0 ? n - 1 : at - 1); }
    else if (event.key === "Escape") { done(); close(); }
    else if (event.key === "Enter" && at >= 0) { done(); take(true); }
    else if (event.key === "Tab" && at >= 0) take(false);
  }, true);
})();
