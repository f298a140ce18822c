"use strict";
// Where the service lies: behind a proxy that may be below a prefix.
const home = new URL("..", document.currentScript.src).pathname;

// Makes what works without it work in place: results change, focus stays, the address follows, the count is said.
(() => {
  const byId = (id) => document.getElementById(id);
  const withoutHash = () => location.pathname + location.search;
  const plainClick = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  let latest = 0;
  let shown = withoutHash();

  function addressOf(form) {
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(filled).toString();
    return new URL(form.action).pathname + (query ? "?" + query : "");
  }

  // Where the reader is, as a selector that finds the same choice or link in another page; null where that is nowhere in particular.
  function whereabouts() {
    const node = document.activeElement;
    if (!node.closest("#avgransning")) return null;
    if (node.type === "checkbox") return `#avgransa [name="${node.name}"][value="${CSS.escape(node.value)}"]`;
    return node.id ? "#" + CSS.escape(node.id) : null;
  }

  function swap(page) {
    const opened = [...document.querySelectorAll("#live details[id]")].map((part) => [part.id, part.open]);
    for (const id of ["med", "live"]) byId(id).replaceWith(document.adoptNode(page.getElementById(id)));
    document.querySelectorAll("head link[rel=alternate]").forEach((link) => link.remove());
    document.head.append(...page.querySelectorAll("head link[rel=alternate]"));
    document.title = page.title;
    for (const [id, open] of opened) if (byId(id)) byId(id).open = open || Boolean(byId(id).querySelector("[aria-invalid]"));
    byId("status").textContent = byId("antal").textContent;
    document.dispatchEvent(new Event("bytt"));
  }

  // The reader stays at the choice or link that has the focus, wherever it stands now.
  function swapAround(page) {
    const [here, reader] = [whereabouts(), document.activeElement];
    const top = reader.getBoundingClientRect().top;
    swap(page);
    if (reader.isConnected) return;
    const target = (here && document.querySelector(here)) || byId("antal");
    let lid = target;
    while ((lid = lid.closest("details:not([open], #avgransning)"))) lid.open = true;
    if (reader.closest(".dates") && reader.value !== reader.defaultValue) target.value = reader.value;
    target.focus({ preventScroll: true });
    if (target.id !== "antal") scrollBy(0, target.getBoundingClientRect().top - top);
  }

  // focus: what is to have it; without it the reader stays where he is. back: how far the page was scrolled when it was left.
  async function show(address, focus, back) {
    const mine = ++latest;
    const typed = byId("fraga").value;
    byId("live").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== latest) return;
      if (!answer.ok || !page.getElementById("live")) throw new Error(answer.status);
      if (back === undefined) {
        history.replaceState({ scrolled: scrollY }, "");
        if (address !== shown) history.pushState(null, "", address);
      }
      shown = withoutHash();
      if (byId("fraga").value === typed) byId("fraga").value = page.getElementById("fraga").value;
      if (!focus) return swapAround(page);
      swap(page);
      document.querySelector(focus).focus({ preventScroll: focus !== "#antal" || back !== undefined });
      if (back !== undefined) scrollTo(0, back);
    } catch (error) {
      if (mine === latest) location.assign(address);
    }
  }

  document.addEventListener("submit", (event) => {
    if (!byId("live") || !event.target.matches(".question, .facets")) return;
    event.preventDefault();
    const asked = event.target.matches(".question");
    if (!asked) byId("avgransning").open = false;
    show(addressOf(event.target), asked ? "#fraga" : "#antal");
  });

  document.addEventListener("change", (event) => {
    const [field, form] = [event.target, event.target.form];
    if (!form || form.id !== "avgransa" || !field.name) return;
    if (field.type === "checkbox") field.focus({ preventScroll: true }); // Safari does not by itself
    show(addressOf(form));
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#live .years a, #live .gist p a, #nytt, #live .notes a[rel], #live .chosen a, #live .offers a, #live .tools a, #live .pages a");
    if (!link || !plainClick(event)) return;
    event.preventDefault();
    link.focus({ preventScroll: true });
    show(link.href, link.closest("#avgransning") ? null : "#antal");
  });

  // The panel was closed: say how many there are now.
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "avgransning" && !event.target.open) byId("status").textContent = byId("antal").textContent;
  }, true);

  addEventListener("popstate", (event) => {
    // Only the place on the page changed: it holds what it should.
    if (!byId("live") || withoutHash() === shown) return;
    show(location.href, "#antal", event.state ? event.state.scrolled : 0);
  });

  if (byId("avgransning") && matchMedia("(min-width: 60rem)").matches && !CSS.supports("selector(::details-content)")) {
    byId("avgransning").open = true;
  }

  // A long list shows what has the typed letters.
  document.addEventListener("input", (event) => {
    const lid = event.target.closest(".narrow");
    if (!lid) return;
    const typed = event.target.value.trim().toLowerCase();
    for (const choice of lid.parentElement.querySelectorAll("li")) choice.hidden = !choice.textContent.toLowerCase().includes(typed);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest(".narrow")) event.preventDefault();
  });

  // What the last word may become, in the browser's own list.
  let typing = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "fraga") return;
    event.target.setAttribute("list", "forslag");
    clearTimeout(typing);
    typing = setTimeout(async () => {
      try {
        const answer = await fetch(home + "forslag?q=" + encodeURIComponent(event.target.value));
        const found = (await answer.json()).completions;
        byId("forslag").replaceChildren(...found.map((way) => Object.assign(document.createElement("option"), { value: way.text })));
      } catch (error) {
        byId("forslag").replaceChildren();
      }
    }, 150);
  });

  // One key as a shortcut must be possible to switch off (WCAG 2.1.4).
  function off() {
    try {
      return localStorage.getItem("snedstreck") === "av";
    } catch (error) {
      return true; // storage is refused: what cannot be switched off must not be on
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || off() || !byId("fraga")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    event.preventDefault();
    byId("fraga").focus();
    byId("fraga").select();
  });
  if (byId("kortkommando")) {
    byId("kortkommando").hidden = false;
    byId("snedstreck").checked = !off();
    byId("snedstreck").addEventListener("change", (event) => {
      localStorage.setItem("snedstreck", event.target.checked ? "på" : "av");
    });
  }
})();

// What this browser remembers of questions, and nobody else: when each was last looked at, and which are saved under a name.
(() => {
  const MOST = 200;
  const byId = (id) => document.getElementById(id);
  const isInstant = (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);

  // Question -> instant or name; storage may be refused, and hold anything.
  function read(name) {
    try {
      return new Map(JSON.parse(localStorage.getItem(name)));
    } catch (error) {
      return new Map();
    }
  }

  function keep(name, key, value) {
    const kept = read(name);
    kept.delete(key);
    if (value) kept.set(key, value);
    try {
      localStorage.setItem(name, JSON.stringify([...kept].slice(-MOST)));
    } catch (error) {
      say("Webbläsaren låter inget sparas.");
    }
  }

  function say(text) {
    for (const place of [document.querySelector(".memory .said"), byId("status")]) if (place) place.textContent = text;
  }

  // What a question asks for, however it is shown.
  function keyOf(query) {
    const asked = new URLSearchParams(query);
    for (const name of ["sedan", "sortera", "sida", "antal", "forklara"]) asked.delete(name);
    return asked.toString();
  }

  // Fills a link to what is new of a question since it was last looked at; shown only where anything is.
  async function showNew(link, key) {
    const since = read("besok").get(key);
    if (!since) return;
    const asked = key + "&sedan=" + encodeURIComponent(since);
    const answer = await fetch(home + "sok.json?" + asked + "&antal=1&facetter=inga");
    const count = answer.ok ? (await answer.json()).total : 0;
    link.href = home + "sok?" + asked + "&sortera=inkommet";
    link.textContent = count + (count === 1 ? " ny" : " nya") + " sedan sist";
    link.hidden = !count;
  }

  // On the page of an answer: what is new since it was last looked at, and that it is looked at now.
  async function look() {
    const key = keyOf(location.search);
    if (!byId("spara") || !key) return;
    byId("spara").hidden = false;
    try {
      const answer = await fetch(home + "sok.atom?" + key + "&antal=1");
      const feed = new DOMParser().parseFromString(await answer.text(), "application/xml");
      const newest = feed.querySelector("updated").textContent;
      if (key !== keyOf(location.search)) return;
      if (read("besok").get(key) < newest) await showNew(byId("nytt"), key);
      keep("besok", key, newest);
    } catch (error) {
      // Without an answer nothing is remembered.
    }
  }

  // On the first page: the saved questions, each with how many are new.
  function list() {
    const place = byId("sparade");
    if (!place) return;
    const saved = [...read("fragor")];
    place.hidden = false;
    place.open = saved.length > 0;
    byId("exportera").hidden = !saved.length;
    place.querySelector("ul").replaceChildren(...saved.map(item));
  }

  function item([key, name]) {
    const [row, link, fresh, remove] = ["li", "a", "a", "button"].map((tag) => document.createElement(tag));
    link.href = home + "sok?" + key;
    link.textContent = name;
    fresh.hidden = true;
    remove.type = "button";
    remove.textContent = "Ta bort";
    remove.setAttribute("aria-label", "Ta bort " + name);
    remove.addEventListener("click", () => {
      keep("fragor", key);
      list();
      say("Frågan är borttagen.");
      byId("sparade").firstElementChild.focus();
    });
    row.append(link, " ", fresh, " ", remove);
    showNew(fresh, key).catch(() => {});
    return row;
  }

  // A file is somebody's: of it only questions with a name are taken, and both are text.
  async function take(file) {
    try {
      for (const { namn, fraga, sedan } of JSON.parse(await file.text()).fragor.slice(0, MOST)) {
        const key = keyOf(String(fraga).slice(0, 4000).replace(/^[^?]*\??/, ""));
        if (!key || typeof namn !== "string" || !namn.trim()) continue;
        keep("fragor", key, namn.trim().slice(0, 100));
        if (isInstant(sedan) && !read("besok").has(key)) keep("besok", key, sedan);
      }
      list();
      say("Frågorna i filen är sparade här.");
    } catch (error) {
      say("Filen går inte att läsa som sparade frågor.");
    }
  }

  function give() {
    const since = read("besok");
    const fragor = [...read("fragor")].map(([key, namn]) => ({ namn, fraga: "/sok?" + key, sedan: since.get(key) }));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ fragor }, null, 1)], { type: "application/json" }));
    link.download = "regionsok-fragor.json";
    link.click();
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "spara") return;
    event.preventDefault();
    const name = byId("spara-namn");
    keep("fragor", keyOf(location.search), name.value.trim() || name.placeholder);
    say("Sparad i den här webbläsaren. Den står på startsidan.");
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "exportera") give();
    if (event.target.id !== "glom") return;
    for (const name of ["besok", "fragor"]) [...read(name).keys()].forEach((key) => keep(name, key));
    list();
    say("Allt är glömt.");
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "importera" && event.target.files.length) take(event.target.files[0]);
  });
  document.addEventListener("bytt", look);
  look();
  list();
})();
