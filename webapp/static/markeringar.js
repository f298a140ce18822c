"use strict";
// From mark to mark on the page that is here, where the links else load it again.
(() => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".places a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const marks = [...document.querySelectorAll(".text mark[id]")].map((mark) => Number(mark.id.slice("stalle-".length)));
    const number = Number(link.hash.slice("#stalle-".length));
    const ways = [marks.findLast((mark) => mark < number), number, marks.find((mark) => mark > number)];
    const here = new URL(location);
    here.searchParams.set("stalle", number);
    history.replaceState(null, "", here);
    location.replace("#stalle-" + number);
    const places = link.closest(".places");
    const said = places.querySelector("p");
    said.textContent = said.textContent.replace(/\d+/, number);
    places.querySelectorAll("li").forEach((way, index) => {
      way.hidden = !ways[index];
      if (!ways[index]) return;
      here.searchParams.set("stalle", ways[index]);
      way.firstElementChild.setAttribute("href", (index === 1 ? "" : here.pathname + here.search) + "#stalle-" + ways[index]);
    });
    if (link.parentElement.hidden) places.querySelector("li:not([hidden]) a").focus();
  });
})();
