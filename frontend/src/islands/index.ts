// Progressive enhancements. Each looks for its own attribute.
import "./copying";
import "./drafts";
import "./filters";
import "./focus";
import "./menus";
import "./problems";
import "./push";
import "./sticky-action";
import "./time-zone";
