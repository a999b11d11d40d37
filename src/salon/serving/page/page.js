// What Salon's page does beside the terminal, which textual.js draws: it gives the tab a name that a reload keeps, shows
// the chat's title, and says why the terminal has stopped.
"use strict";
(() => {
  const ENDED = 4000;
  const TAKEN_OVER = 4001;
  const SERVER_ENDS = 4002;
  const WHY = {
    [ENDED]: ["Salon has ended; everything is saved.", "Start it again"],
    [TAKEN_OVER]: ["This chat is shown in another tab now.", "Show it here"],
    [SERVER_ENDS]: ["salon serve has ended; everything is saved. Start it again for a new link.", ""],
  };
  const LOST = ["The connection to salon serve is lost; what you wrote is saved.", "Connect again"];

  let title = "Salon";
  let rang = false;
  let waiting = 0;

  function nameOfTab() {
    const kept = sessionStorage.getItem("tab");
    const name = kept || crypto.randomUUID();
    sessionStorage.setItem("tab", name);
    return name;
  }

  function showTitle() {
    document.title = (rang && document.hidden ? "● " : "") + title;
  }

  function told(event) {
    if (typeof event.data !== "string") {
      drawn();
      return;
    }
    const [what, value] = JSON.parse(event.data);
    if (what === "title") title = value || "Salon";
    if (what === "bell") rang = true;
    if (what === "title" || what === "bell") showTitle();
  }

  // The terminal has whole cells only; what is left beside them has the colour of its corner.
  function paintRest() {
    waiting = 0;
    const canvas = document.querySelector(".xterm-screen canvas");
    const drawing = canvas && canvas.width && canvas.getContext("2d");
    const [red, green, blue, opaque] = drawing ? drawing.getImageData(0, 0, 1, 1).data : [];
    if (opaque) document.body.style.background = `rgb(${red} ${green} ${blue})`;
  }

  function drawn() {
    if (!waiting) waiting = setTimeout(paintRest, 250);
  }

  function opened() {
    document.querySelector(".xterm-helper-textarea").focus();
  }

  function ended(event) {
    const [why, again] = WHY[event.code] || LOST;
    document.getElementById("why").textContent = why;
    const button = document.getElementById("again");
    button.textContent = again;
    button.hidden = !again;
    button.onclick = () => location.reload();
    document.getElementById("ended").hidden = false;
    button.focus();
  }

  // textual.js keeps its connection to itself.
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("open", opened);
      this.addEventListener("message", told);
      this.addEventListener("close", ended);
    }
  };
  // A click on a link goes to Salon as well, which asks before it opens one; it must not be opened twice.
  window.open = () => null;
  window.confirm = () => false;

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) rang = false;
    showTitle();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const place = new URL("ws/" + nameOfTab(), location.href);
    place.protocol = "ws:";
    document.getElementById("terminal").dataset.sessionWebsocketUrl = place.href;
  });
})();
