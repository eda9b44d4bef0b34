// Small improvements of pages that work without them. Each looks for its own attribute and leaves the rest alone.
import "./copying";
import "./filters";
import "./menus";
import "./reach";
import "./zone";
