// Styles of Django's admin.
import "../styles/admin.css";
