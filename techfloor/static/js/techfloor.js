// Every page loads this one file; each module does nothing where its part is not on the page.
import "./errors.js";
import "./number.js";
import "./outside.js";
import "./submit.js";
import "./drafts.js";
import "./online.js";
import "./idle.js";
import "./scan.js";
import "./print.js";
import "./zone.js";
import "./jump.js";
import "./look_again.js";
