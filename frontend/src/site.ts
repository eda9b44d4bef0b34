// Every page: styles, htmx and islands.
import "../styles/site.css";
import "htmx.org";
import "./islands";
