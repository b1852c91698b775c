// What makes the pages quicker for hands that stay on the keyboard. Everything here has a
// way without it: links, buttons and forms do the same work.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const typing = (element) => element.matches("input:not([type=checkbox],[type=radio],[type=file]), textarea, select");

  // --- The picture -------------------------------------------------------------------
  const zooms = [100, 150, 200, 300];
  let zoom = 0;
  const setZoom = (step) => {
    const desk = one(".desk");
    if (!desk) return;
    const across = (desk.scrollLeft + desk.clientWidth / 2) / desk.scrollWidth;
    const down = (desk.scrollTop + desk.clientHeight / 2) / desk.scrollHeight;
    zoom = Math.min(zooms.length - 1, Math.max(0, step));
    zooms.forEach((percent, index) => desk.classList.toggle(`zoom-${percent}`, index === zoom));
    desk.scrollTo({
      left: across * desk.scrollWidth - desk.clientWidth / 2,
      top: down * desk.scrollHeight - desk.clientHeight / 2,
      behavior: "instant",
    });
  };
  const showMark = (id) => {
    all(".mark.active, .finding.active").forEach((it) => it.classList.remove("active"));
    const mark = document.getElementById(`mark-${id}`);
    document.getElementById(`finding-${id}`)?.classList.add("active");
    const desk = one(".desk");
    if (!mark || !desk) return;
    mark.classList.add("active");
    const place = mark.getBoundingClientRect();
    const view = desk.getBoundingClientRect();
    if (place.top < view.top || place.bottom > view.bottom || place.left < view.left || place.right > view.right) {
      desk.scrollBy({
        top: place.top - view.top - view.height / 3,
        left: place.left - view.left - 20,
      });
    }
  };

  // --- A frame around what no machine read ----------------------------------------------
  const sheet = one("svg[data-draw]");
  if (sheet) {
    const frame = one(".drawn", sheet);
    const field = one("input[name=drawn]");
    const line = one("select[name=line]");
    const draw = (place) => {
      ["x", "y", "width", "height"].forEach((name, index) => frame.setAttribute(name, place[index]));
      field.value = place.join(" ");
    };
    const spot = (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(sheet.getScreenCTM().inverse());
      const { width, height } = sheet.viewBox.baseVal;
      return [Math.min(width, Math.max(0, at.x)), Math.min(height, Math.max(0, at.y))];
    };
    let from = null;
    sheet.addEventListener("pointerdown", (event) => { from = spot(event); sheet.setPointerCapture(event.pointerId); event.preventDefault(); });
    sheet.addEventListener("pointermove", (event) => {
      if (!from) return;
      const to = spot(event);
      const [x, y] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
      draw([x, y, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])].map(Math.round));
    });
    sheet.addEventListener("pointerup", () => { from = null; });
    // The line that is chosen is shown; what was drawn before gives way to it.
    const showLine = () => {
      const place = line?.selectedOptions[0]?.dataset.place;
      if (!place) return;
      draw(place.split(" ").map(Number));
      frame.scrollIntoView({ block: "center" });
    };
    line?.addEventListener("change", showLine);
    if (field.value) draw(field.value.split(" ").map(Number)); else showLine();
  }

  // --- From finding to finding ---------------------------------------------------------
  const findings = () => all(".finding");
  const current = () => document.activeElement?.closest?.(".finding") || one(".finding.active");
  const go = (step) => {
    const list = findings();
    if (!list.length) return;
    const at = list.indexOf(current());
    show(list[Math.min(list.length - 1, Math.max(0, at + step))]);
  };
  // The next one that a person still has to look at, from here on and round again.
  const goUnsure = () => {
    const list = findings();
    const at = list.indexOf(current());
    const round = [...list.slice(at + 1), ...list.slice(0, at + 1)];
    const next = round.find((it) => it.matches(".unsure"));
    if (next) show(next); else one("[data-finish]")?.focus();
  };
  const show = (next) => {
    const editor = one("details.edit", next);
    if (editor) editor.open = true;
    const target = one(".basis.must input", next) || one("input[type=text]", editor || next)
      || one("summary, button", next) || next;
    target.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
    showMark(next.dataset.finding);
  };

  document.addEventListener("focusin", (event) => {
    const finding = event.target.closest?.(".finding");
    if (finding) showMark(finding.dataset.finding);
  });
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".mark");
    if (mark) {
      event.preventDefault();
      const finding = document.getElementById(`finding-${mark.dataset.finding}`);
      const editor = finding && one("details.edit", finding);
      if (editor) editor.open = true;
      finding?.scrollIntoView({ block: "start" });
      one("summary, input:not([type=hidden])", editor || finding)?.focus({ preventScroll: true });
      return;
    }
    const tool = event.target.closest?.("[data-tool]")?.dataset.tool;
    if (tool === "larger") setZoom(zoom + 1);
    if (tool === "smaller") setZoom(zoom - 1);
    if (tool === "width") setZoom(0);
    if (tool === "marks") one(".desk")?.classList.toggle("bare");
  });

  // --- Keys ------------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    // While a conversion of kana is open, keys belong to the input method.
    if (event.isComposing || event.keyCode === 229) return;
    const done = () => event.preventDefault();
    if (event.ctrlKey && event.key === "Enter") {
      const form = document.activeElement?.closest?.("form") || one("form[data-save]", current() || document);
      if (form) { done(); form.requestSubmit(); }
      return;
    }
    if (event.altKey && event.key === "ArrowDown") { done(); go(1); return; }
    if (event.altKey && event.key === "ArrowUp") { done(); go(-1); return; }
    if (event.altKey && event.key.toLowerCase() === "u") { done(); goUnsure(); return; }
    if (event.altKey && event.key === "Enter") {
      const finish = one("[data-finish]");
      if (finish) { done(); finish.click(); }
      return;
    }
    if (event.key === "Escape" && typing(document.activeElement)) { document.activeElement.blur(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey || typing(document.activeElement)) return;
    const press = {
      j: () => go(1), k: () => go(-1), u: goUnsure,
      "+": () => setZoom(zoom + 1), ";": () => setZoom(zoom + 1), "-": () => setZoom(zoom - 1), 0: () => setZoom(0),
      n: () => one("[data-next]")?.click(),
      "/": () => one("[data-search]")?.focus(),
    }[event.key];
    if (press) { done(); press(); }
  });

  // --- Nothing typed is lost -----------------------------------------------------------------
  document.addEventListener("input", (event) => event.target.closest(".finding")?.classList.add("changed"));
  document.addEventListener("submit", (event) => {
    event.target.closest(".finding")?.classList.remove("changed");
    leaving = true;
    setTimeout(() => { leaving = false; }, 500);
  });
  let leaving = false;
  window.addEventListener("beforeunload", (event) => {
    const others = all(".finding.changed").filter((it) => !it.contains(document.activeElement));
    if (others.length || (!leaving && one(".finding.changed"))) event.preventDefault();
  });

  // --- After an answer of the server ------------------------------------------------------------
  document.addEventListener("htmx:afterSettle", (event) => {
    const finding = event.target.closest?.(".finding");
    if (!finding) return;
    showMark(finding.dataset.finding);
    const first = one("[data-focus]", finding) || one("details.edit > summary", finding);
    first?.focus({ preventScroll: true });
  });
  // Saving a finding gives the page a new version; the forms that move the page show it.
  document.addEventListener("page-version", (event) => {
    all("input[data-page-version]").forEach((it) => { it.value = event.detail.value; });
  });
  // An answer that is a whole page (signed out, database away) takes the whole window.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const text = event.detail.xhr.responseText || "";
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    if (text.trimStart().toLowerCase().startsWith("<!doctype")) {
      event.detail.target = document.body;
      event.detail.swapOverride = "innerHTML";
      document.body.classList.remove("wide");
      leaving = true;
    }
  });
  // No answer at all: let the browser send the form itself, so that it says what is wrong.
  document.addEventListener("htmx:sendError", (event) => {
    const finding = event.target.closest?.(".finding");
    finding?.classList.add("changed");
    const say = one("[data-unreachable]");
    if (say) { say.hidden = false; say.scrollIntoView({ block: "nearest" }); }
  });

  // --- Sending scans ----------------------------------------------------------------------------
  const drop = one(".drop");
  if (drop) {
    const files = one("input[type=file]", drop);
    ["dragover", "dragleave", "drop"].forEach((name) => drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") files.files = event.dataTransfer.files;
    }));
    const form = drop.closest("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const bar = one("progress", form);
      const say = one("[data-sending]", form);
      say.hidden = false;
      one("button", form).disabled = true;
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.onprogress = (it) => { if (it.lengthComputable) { bar.max = it.total; bar.value = it.loaded; } };
      request.onload = () => { document.open(); document.write(request.responseText); document.close(); };
      request.onerror = () => { say.hidden = true; one("button", form).disabled = false; one("[data-unreachable]").hidden = false; };
      request.send(new FormData(form));
    });
  }

  // A page that is being read looks again by itself.
  const reading = one("[data-look-again]");
  if (reading) setTimeout(() => location.reload(), 4000);

  // Begin where the work is.
  const start = one(`.finding#${CSS.escape(location.hash.slice(1) || "-")}`) || one(".finding.unsure:not(.gone)");
  if (start) showMark(start.dataset.finding);
})();
