// One door for every behavior; each module works on the whole document and survives fragments being swapped.
import "./theme-toggle.js";
import "./menu.js";
import "./evidence.js";
import "./evidence-sheet.js";
import "./unsaved.js";
import "./answers.js";
import "./drafts.js";
import "./presence.js";
import "./keyboard.js";
import "./sending.js";
import "./selection.js";
import "./chronology.js";
import "./local-time.js";
import "./zoom.js";
import "./passkey.js";
import "./talk.js";
