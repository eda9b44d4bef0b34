// Every page: the styles, htmx, and the small islands that a page may hold.
import "../styles/site.css";
import "htmx.org";
import "./islands";
