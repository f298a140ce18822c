"use strict";
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
    document.querySelector(".memory [role=status]").textContent = text;
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
    const answer = await fetch("/sok.json?" + asked + "&antal=1&facetter=inga");
    const count = answer.ok ? (await answer.json()).total : 0;
    link.href = "/sok?" + asked + "&sortera=inkommet";
    link.textContent = count + (count === 1 ? " ny" : " nya") + " sedan sist";
    link.hidden = !count;
  }

  // On the page of an answer: what is new since it was last looked at, and that it is looked at now.
  async function look() {
    const key = keyOf(location.search);
    if (!byId("spara") || !key) return;
    byId("spara").hidden = false;
    try {
      const answer = await fetch("/sok.atom?" + key + "&antal=1");
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
    link.href = "/sok?" + key;
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
