// Small improvements of pages that work without them. Each looks for its own attribute and leaves the rest alone.
import "./copying";
import "./drafts";
import "./filters";
import "./menus";
import "./problems";
import "./sticky-action";
import "./time-zone";
