"use strict";
// Makes what works without it work in place: results change, focus stays, the address follows, the count is said.
(() => {
  const byId = (id) => document.getElementById(id);
  let latest = 0;

  function addressOf(form) {
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(filled).toString();
    return new URL(form.action).pathname + (query ? "?" + query : "");
  }

  function openParts() {
    return new Map([...byId("live").querySelectorAll("details[id]")].map((part) => [part.id, part.open]));
  }

  function replaceWith(page, focus) {
    const opened = openParts();
    for (const id of ["med", "live"]) byId(id).replaceWith(document.adoptNode(page.getElementById(id)));
    for (const [id, open] of opened) if (byId(id)) byId(id).open = open;
    byId("fraga").value = page.getElementById("fraga").value;
    document.title = page.title;
    byId("status").textContent = byId("antal").textContent;
    const target = byId(focus) || byId("antal");
    target.focus({ preventScroll: target.id !== "antal" });
  }

  async function show(address, focus, remember = true) {
    const mine = ++latest;
    byId("live").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== latest) return;
      if (!answer.ok || !page.getElementById("live")) throw new Error(answer.status);
      if (remember) history.pushState(null, "", address);
      replaceWith(page, focus);
    } catch (error) {
      if (mine === latest) location.assign(address);
    }
  }

  document.addEventListener("submit", (event) => {
    if (!byId("live") || !event.target.matches(".question, .facets")) return;
    event.preventDefault();
    show(addressOf(event.target), event.target.matches(".question") ? "fraga" : "antal");
  });

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.id === "avgransa" && event.target.type === "checkbox") show(addressOf(form), event.target.id);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("#live .years a, #live .chosen a, #live .tools nav a, #live .pages a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link.href, "antal");
  });

  addEventListener("popstate", () => {
    if (byId("live")) show(location.href, "antal", false);
  });

  // What the last word may become, in the browser's own list.
  let typing = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "fraga") return;
    event.target.setAttribute("list", "forslag");
    clearTimeout(typing);
    typing = setTimeout(async () => {
      try {
        const answer = await fetch("/forslag?q=" + encodeURIComponent(event.target.value));
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
